//! Which format a log has, by its first lines.

use std::collections::BTreeMap;

use super::{Captures, Clock, Format, LayoutError, Skip, UtcOffset, Wanted, haproxy};

/// Lines that are looked at.
const LOOKED_AT: usize = 200;

/// Why nothing is read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Undetected {
    /// No format fits any of the first lines.
    #[error("none of its first lines is in a format that is known")]
    Unknown,
    /// Captures without names.
    #[error("its lines have {0} captured headers, and nothing tells which")]
    Captures(usize),
    /// Names of another number than the captures.
    #[error("its lines have {found} captured header{}, --captures names {named}", if *.found == 1 { "" } else { "s" })]
    CapturesDiffer {
        /// Captures of most of the first lines.
        found: usize,
        /// Names.
        named: usize,
    },
}

impl Wanted {
    /// The format of a log that begins with `lines`: the one asked for, or the one that fits most of them.
    ///
    /// # Errors
    /// [`Undetected`].
    pub fn resolve<'l>(
        &self,
        lines: impl Iterator<Item = &'l [u8]>,
        captures: &[Box<str>],
        offset: UtcOffset,
    ) -> Result<Format, Undetected> {
        let first: Vec<_> = lines.filter(|line| !line.is_empty()).take(LOOKED_AT).collect();
        match self {
            Self::Format(format) => Ok(format.clone()),
            Self::HaProxy => haproxy(&first, captures),
            Self::Auto => {
                let format = candidates()
                    .into_iter()
                    .rev()
                    .map(|format| (fitting(&format, &first, offset), format))
                    .max_by_key(|(fitting, _)| *fitting)
                    .filter(|(fitting, _)| *fitting > 0)
                    .map(|(_, format)| format)
                    .ok_or(Undetected::Unknown)?;
                match format {
                    Format::HaProxy(_) => haproxy(&first, captures),
                    format => Ok(format),
                }
            }
        }
    }
}

/// What is tried, that which says most first: of two that fit alike it counts.
fn candidates() -> Vec<Format> {
    let named = |name: &str| match name.parse() {
        Ok::<_, LayoutError>(Wanted::Format(format)) => Some(format),
        _ => None,
    };
    let haproxy = |keys| Some(Format::HaProxy(Captures { names: Vec::new(), keys }));
    // "2001:db8::1 - " looks like a virtual host and its port, too: the rarer format comes last.
    let all = [
        named("json"),
        haproxy(true),
        haproxy(false),
        named("combined"),
        named("vhost_combined"),
        named("common"),
    ];
    all.into_iter().flatten().collect()
}

fn fitting(format: &Format, lines: &[&[u8]], offset: UtcOffset) -> usize {
    let mut clock = Clock::new(offset);
    let fits = |line: &&&[u8]| !matches!(format.parse(line, &mut clock), Err(Skip::Unparsed(_)));
    lines.iter().filter(fits).count()
}

fn haproxy(lines: &[&[u8]], captures: &[Box<str>]) -> Result<Format, Undetected> {
    let keys = lines.iter().any(|line| haproxy::has_keys(line));
    let count = lines.iter().map(|line| haproxy::count_captures(line)).max().unwrap_or_default();
    if !keys && captures.is_empty() && count > 0 {
        return Err(Undetected::Captures(count));
    }
    if !keys && !captures.is_empty() {
        match usual_count(lines, captures.len()) {
            Some(found) if found != captures.len() => {
                return Err(Undetected::CapturesDiffer { found, named: captures.len() });
            }
            _ => {}
        }
    }
    let names = if keys { haproxy::keyed(lines) } else { captures.to_vec() };
    Ok(Format::HaProxy(Captures { names, keys }))
}

/// How many captures most of the lines that have any do have; of two numbers as frequent, `named`. Frontends that capture something
/// else may write into the same log.
fn usual_count(lines: &[&[u8]], named: usize) -> Option<usize> {
    let mut lines_by_count = BTreeMap::<usize, usize>::new();
    for count in lines.iter().map(|line| haproxy::count_captures(line)).filter(|count| *count > 0) {
        *lines_by_count.entry(count).or_default() += 1;
    }
    let usual = lines_by_count.into_iter().max_by_key(|(count, lines)| (*lines, *count == named));
    usual.map(|(count, _)| count)
}
