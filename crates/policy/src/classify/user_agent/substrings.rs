//! Many substrings, looked for in one pass.

use std::ops::Range;

/// Bytes of a pattern that the filter and the table look at, hence the shortest pattern.
pub(in crate::classify) const HEAD_BYTES: usize = 4;

/// 4,096 bits for some tens of patterns: one byte in a hundred is looked at twice.
const FILTER_WORDS: usize = 64;

/// Labels of the patterns that were found, 0 to 63.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::classify) struct Labels(u64);

impl Labels {
    pub(super) fn insert(&mut self, label: u8) {
        self.0 |= 1_u64.checked_shl(u32::from(label)).unwrap_or(0);
    }

    pub(in crate::classify) fn contains(self, label: u8) -> bool {
        1_u64.checked_shl(u32::from(label)).is_some_and(|bit| self.0 & bit != 0)
    }

    pub(in crate::classify) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The lowest label within `range`, whose end is at most 63.
    pub(super) fn first_in(self, range: Range<u8>) -> Option<u8> {
        let below = |label: u8| 1_u64.checked_shl(u32::from(label)).unwrap_or(0).wrapping_sub(1);
        let within = self.0 & below(range.end) & !below(range.start);
        u8::try_from(within.trailing_zeros()).ok().filter(|_| within != 0)
    }
}

/// Patterns in lower case, matched without regard to ASCII case.
///
/// The last four bytes read form a head. A bitmap says whether any pattern begins with it; only then the table is
/// searched and the rest compared. So a byte costs a multiplication and a bit test whatever the number
/// of patterns, and at worst a comparison with each pattern that shares its head.
#[derive(Debug)]
pub(in crate::classify) struct Substrings {
    filter: [u64; FILTER_WORDS],
    /// Ordered by head.
    patterns: Vec<Pattern>,
}

#[derive(Debug)]
struct Pattern {
    head: u32,
    tail: Box<[u8]>,
    label: u8,
}

impl Substrings {
    /// Whether a pattern has this label.
    pub(super) fn has(&self, label: u8) -> bool {
        self.patterns.iter().any(|pattern| pattern.label == label)
    }

    /// Patterns with their labels. One that is shorter than [`HEAD_BYTES`] never matches.
    pub(in crate::classify) fn new<'p>(patterns: impl IntoIterator<Item = (&'p str, u8)>) -> Self {
        let mut compiled: Vec<_> = patterns
            .into_iter()
            .filter_map(|(pattern, label)| {
                let (head, tail) = pattern.as_bytes().split_first_chunk::<HEAD_BYTES>()?;
                Some(Pattern { head: u32::from_be_bytes(*head), tail: tail.into(), label })
            })
            .collect();
        compiled.sort_by_key(|pattern| pattern.head);
        let mut filter = [0; FILTER_WORDS];
        for pattern in &compiled {
            let (word, bit) = filter_position(pattern.head);
            if let Some(word) = filter.get_mut(word) {
                *word |= bit;
            }
        }
        Self { filter, patterns: compiled }
    }

    /// Labels of all patterns that occur in `text`.
    pub(in crate::classify) fn labels(&self, text: &[u8]) -> Labels {
        let mut labels = Labels::default();
        let mut head = 0_u32;
        let mut rest = text;
        while let Some((byte, behind)) = rest.split_first() {
            rest = behind;
            head = (head << 8) | u32::from(byte.to_ascii_lowercase());
            let (word, bit) = filter_position(head);
            if self.filter.get(word).is_some_and(|word| word & bit != 0) {
                self.compare(head, rest, &mut labels);
            }
        }
        labels
    }

    #[cold]
    fn compare(&self, head: u32, rest: &[u8], labels: &mut Labels) {
        let first = self.patterns.partition_point(|pattern| pattern.head < head);
        let candidates = self.patterns.iter().skip(first).take_while(|pattern| pattern.head == head);
        for pattern in candidates {
            if rest.get(..pattern.tail.len()).is_some_and(|tail| tail.eq_ignore_ascii_case(&pattern.tail)) {
                labels.insert(pattern.label);
            }
        }
    }
}

/// Word and bit of a head in the filter: the highest bits of a multiplicative hash (Knuth's 2^32 ÷ φ).
fn filter_position(head: u32) -> (usize, u64) {
    let hash = head.wrapping_mul(0x9E37_79B1);
    let word = usize::from(hash.to_be_bytes()[0] >> 2);
    (word, 1_u64.rotate_left(hash >> 20))
}
