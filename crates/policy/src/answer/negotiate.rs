//! Which media type an answer has: RFC 9110 section 12.5.1 over the three that there are.
//!
//! What was decided where the RFC leaves room:
//!
//! * Any name of a kind counts for the kind: `application/sparql-results+json` asks for JSON, `application/xhtml+xml` for a page.
//! * Of the ranges that match a medium, the most specific one gives its q; of several as specific, the highest.
//! * The highest q wins; among equals one that is named beats one that only `*/*` lets in, then the first named.
//! * `*/*`, ranges of other types and no header at all leave it open: JSON on a path where programs ask, else plain text, which is
//!   the least that every program shows. So is an `Accept` that nothing fits: a person who reads the wrong format still
//!   learns more than from a 406.
//! * A part that breaks the grammar is passed over; what stands beside it counts.

use super::MediaType;

/// The media type for a request with this `Accept`; `program_path` says that programs ask on its path.
pub(crate) fn negotiate(accept: Option<&[u8]>, program_path: bool) -> MediaType {
    let mut offers = if program_path {
        [MediaType::ProblemJson, MediaType::Text, MediaType::Html]
    } else {
        [MediaType::Text, MediaType::ProblemJson, MediaType::Html]
    }
    .map(Offer::of);
    let [first, ..] = &offers;
    let open = first.media;
    let ranges = Elements { rest: accept.unwrap_or_default(), separator: b',' };
    for (position, range) in ranges.filter_map(Range::parse).enumerate() {
        for offer in &mut offers {
            offer.consider(&range, position);
        }
    }
    // `max_by_key` takes the last of equals, and the first offer is what an open choice comes to.
    offers.iter().rev().max_by_key(|offer| offer.rank()).map_or(open, |offer| offer.media)
}

/// A media type that can be sent, and what the header says of it so far.
struct Offer {
    media: MediaType,
    heard: Option<Heard>,
}

struct Heard {
    specificity: Specificity,
    quality: u16,
    position: usize,
}

/// How closely a range names a medium.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Specificity {
    /// `*/*`
    Anything,
    /// `text/*`
    Type,
    /// `text/html`
    Subtype,
}

impl Offer {
    const fn of(media: MediaType) -> Self {
        Self { media, heard: None }
    }

    fn consider(&mut self, range: &Range<'_>, position: usize) {
        let Some(specificity) = range.matches(self.media) else { return };
        let better = self
            .heard
            .as_ref()
            .is_none_or(|heard| (specificity, range.quality) > (heard.specificity, heard.quality));
        if better {
            self.heard = Some(Heard { specificity, quality: range.quality, position });
        }
    }

    /// Ascending: refused, not mentioned, then by q, whether named, and by the order of the header.
    fn rank(&self) -> (u8, u16, bool, std::cmp::Reverse<usize>) {
        let first = std::cmp::Reverse(0);
        match &self.heard {
            Some(Heard { quality: 0, .. }) => (0, 0, false, first),
            None => (1, 0, false, first),
            Some(Heard { specificity: Specificity::Anything, quality, .. }) => (2, *quality, false, first),
            Some(heard) => (2, heard.quality, true, std::cmp::Reverse(heard.position)),
        }
    }
}

/// `type "/" subtype *( OWS ";" OWS parameter )`
struct Range<'h> {
    kind: &'h [u8],
    subtype: &'h [u8],
    /// Thousandths.
    quality: u16,
}

impl<'h> Range<'h> {
    fn parse(element: &'h [u8]) -> Option<Self> {
        let mut parameters = Elements { rest: element, separator: b';' };
        let range = parameters.next()?;
        let slash = range.iter().position(|byte| *byte == b'/')?;
        let (kind, subtype) = (range.get(..slash)?, range.get(slash.checked_add(1)?..)?);
        if !is_token(kind) || !is_token(subtype) || (kind == b"*" && subtype != b"*") {
            return None;
        }
        let quality = match parameters.find_map(weight) {
            Some(quality) => parse_quality(quality)?,
            None => 1000,
        };
        Some(Self { kind, subtype, quality })
    }

    fn matches(&self, media: MediaType) -> Option<Specificity> {
        if self.kind == b"*" {
            return Some(Specificity::Anything);
        }
        let (is_text, is_application) =
            (self.kind.eq_ignore_ascii_case(b"text"), self.kind.eq_ignore_ascii_case(b"application"));
        let subtype_is = |name: &[u8]| self.subtype.eq_ignore_ascii_case(name);
        let named = match media {
            MediaType::ProblemJson => {
                is_application && (subtype_is(b"json") || has_json_suffix(self.subtype))
            }
            MediaType::Html => {
                (is_text && subtype_is(b"html")) || (is_application && subtype_is(b"xhtml+xml"))
            }
            MediaType::Text => is_text && subtype_is(b"plain"),
        };
        let whole_type = self.subtype == b"*"
            && match media {
                MediaType::ProblemJson => is_application,
                MediaType::Html | MediaType::Text => is_text,
            };
        match (named, whole_type) {
            (true, _) => Some(Specificity::Subtype),
            (_, true) => Some(Specificity::Type),
            _ => None,
        }
    }
}

/// The structured syntax suffix `+json` (RFC 6839 section 3.1) behind a name.
fn has_json_suffix(subtype: &[u8]) -> bool {
    match subtype.split_last_chunk::<5>() {
        Some((name, suffix)) => !name.is_empty() && suffix.eq_ignore_ascii_case(b"+json"),
        None => false,
    }
}

/// The value of the parameter `q`, if this is it.
fn weight(parameter: &[u8]) -> Option<&[u8]> {
    match parameter.split_at_checked(2)? {
        (b"q=" | b"Q=", value) => Some(value),
        _ => None,
    }
}

/// `qvalue` (RFC 9110 section 12.4.2) in thousandths.
fn parse_quality(value: &[u8]) -> Option<u16> {
    let (whole, fraction) = match value {
        [whole] => (whole, &[][..]),
        [whole, b'.', fraction @ ..] if fraction.len() <= 3 => (whole, fraction),
        _ => return None,
    };
    let mut quality = match whole {
        b'0' => 0,
        b'1' => 1000,
        _ => return None,
    };
    let mut unit = 100;
    for digit in fraction {
        quality += u16::from(digit.checked_sub(b'0').filter(|digit| *digit <= 9)?) * unit;
        unit /= 10;
    }
    (quality <= 1000).then_some(quality)
}

/// `token` (RFC 9110 section 5.6.2).
fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty()
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte))
}

/// The elements of a list (RFC 9110 section 5.6.1), without the white space around them. A separator within a quoted string
/// (section 5.6.4) separates nothing; a string that does not end takes the rest with it.
struct Elements<'h> {
    rest: &'h [u8],
    separator: u8,
}

impl<'h> Iterator for Elements<'h> {
    type Item = &'h [u8];

    fn next(&mut self) -> Option<&'h [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        let (mut quoted, mut escaped) = (false, false);
        let end = self.rest.iter().position(|byte| {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if quoted => escaped = true,
                b'"' => quoted = !quoted,
                _ => return !quoted && *byte == self.separator,
            }
            false
        });
        let end = end.unwrap_or(self.rest.len());
        let (element, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest.get(1..).unwrap_or_default();
        Some(element.trim_ascii())
    }
}

#[cfg(test)]
mod tests;
