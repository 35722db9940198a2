//! Runs of bytes, brackets, and text that is safe to repeat.

pub(super) fn prefix_while(bytes: &[u8], accepts: impl Fn(u8) -> bool) -> &[u8] {
    bytes.split(|byte| !accepts(*byte)).next().unwrap_or_default()
}

pub(super) fn suffix_while(bytes: &[u8], accepts: impl Fn(u8) -> bool) -> &[u8] {
    bytes.rsplit(|byte| !accepts(*byte)).next().unwrap_or_default()
}

pub(super) fn trim_start<'a>(bytes: &'a [u8], trimmed: &[u8]) -> &'a [u8] {
    let kept = bytes.iter().position(|byte| !trimmed.contains(byte)).unwrap_or(bytes.len());
    bytes.get(kept..).unwrap_or_default()
}

pub(super) fn trim_end<'a>(bytes: &'a [u8], trimmed: &[u8]) -> &'a [u8] {
    let kept =
        bytes.iter().rposition(|byte| !trimmed.contains(byte)).map_or(0, |last| last.saturating_add(1));
    bytes.get(..kept).unwrap_or_default()
}

/// The longest prefix of accepted bytes in which no bracket closes that was not opened.
pub(super) fn balanced_prefix(bytes: &[u8], accepts: impl Fn(u8) -> bool) -> &[u8] {
    let mut open = Nesting::default();
    let ends = |byte: &u8| {
        let closes = matches!(byte, b')' | b']') && !open.is_open();
        open.read(std::slice::from_ref(byte));
        closes || !accepts(*byte)
    };
    bytes.split(ends).next().unwrap_or_default()
}

/// How many comments and wiki links are open.
#[derive(Default)]
pub(super) struct Nesting {
    open: usize,
}

impl Nesting {
    pub(super) fn read(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match byte {
                b'(' | b'[' => self.open = self.open.saturating_add(1),
                b')' | b']' => self.open = self.open.saturating_sub(1),
                _ => {}
            }
        }
    }

    pub(super) fn is_open(&self) -> bool {
        self.open > 0
    }
}

/// Refuses what would forge a line or hide text in a log: controls, separators, soft hyphens, zero-width and
/// bidirectional marks, specials, tags.
pub(super) fn is_printable(character: char) -> bool {
    if character.is_ascii() {
        return character == ' ' || character.is_ascii_graphic();
    }
    !character.is_control()
        && !character.is_whitespace()
        && !matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{2000}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{fff0}'..='\u{ffff}' | '\u{e0000}'..)
}

pub(super) fn printable_prefix(bytes: &[u8]) -> &str {
    let text = bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    text.split(|character| !is_printable(character)).next().unwrap_or_default()
}
