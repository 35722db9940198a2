//! What an origin may make of a path.
//!
//! Origins differ in what they decode, and whether they do it twice; in what separates segments; in whether empty segments and
//! parameters (`;v=1`, RFC 3986 section 3.3) count. A path without dot segments has two readings, with parameters and without, and two
//! more where it begins with two slashes; each is everything else at once. With dot segments the order of the steps matters, and there are too many readings to go
//! through: then it is asked what could be left over.

use crate::seal::form::escaped;

/// What a normalised path has that leaves open how it is read.
#[derive(Clone, Copy, Default)]
pub(super) struct Signs {
    may_have_parameters: bool,
    may_climb: bool,
}

impl Signs {
    /// In one pass.
    pub(super) fn of(path: &[u8]) -> Self {
        let mut signs = Self::default();
        for at in memchr::memchr3_iter(b';', b'%', b'.', path) {
            match path.get(at..).unwrap_or_default() {
                [b';', ..] | [b'%', b'3', b'B', ..] => signs.may_have_parameters = true,
                [b'.', b'.', ..] => signs.may_climb = true,
                // An escaped `%` may make any of them.
                [b'%', b'2', b'5', ..] => return Self { may_have_parameters: true, may_climb: true },
                _ => {}
            }
        }
        signs
    }
}

/// The readings of a normalised path without dot segments.
pub(super) fn readings(path: &[u8], signs: Signs) -> impl Iterator<Item = Reading<'_>> {
    let path = without_origin(path);
    [Some(path), without_authority(path)].into_iter().flatten().flat_map(move |path| {
        let with_parameters =
            Reading { decoded: Decoded { rest: path }, skips_parameters: false, after_slash: false };
        let without =
            signs.may_have_parameters.then(|| Reading { skips_parameters: true, ..with_parameters.clone() });
        [Some(with_parameters), without].into_iter().flatten()
    })
}

/// A path as a lenient origin reads it, byte by byte: decoded, in lower case, backslashes as slashes, slashes merged, segments `.`
/// left out.
#[derive(Clone)]
pub(super) struct Reading<'a> {
    decoded: Decoded<'a>,
    skips_parameters: bool,
    after_slash: bool,
}

impl Iterator for Reading<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        loop {
            let byte = self.decoded.next()?;
            match byte {
                b';' if self.skips_parameters => self.decoded.skip_segment(),
                b'/' if self.after_slash => {}
                b'.' if self.after_slash && self.decoded.ends_segment(self.skips_parameters) => {}
                _ => {
                    self.after_slash = byte == b'/';
                    return Some(byte);
                }
            }
        }
    }
}

/// The bytes of a path: escapes decoded, also those that an escaped `%` makes (`%252e`), in lower case, backslashes as slashes.
#[derive(Clone)]
struct Decoded<'a> {
    rest: &'a [u8],
}

impl Decoded<'_> {
    /// Goes on to the slash that ends the segment.
    fn skip_segment(&mut self) {
        let mut ahead = self.clone();
        while ahead.next().is_some_and(|byte| byte != b'/') {
            self.rest = ahead.rest;
        }
    }

    /// Whether a slash or the end comes next, or parameters where they do not count.
    fn ends_segment(&self, skips_parameters: bool) -> bool {
        match self.clone().next() {
            None | Some(b'/') => true,
            Some(b';') => skips_parameters,
            Some(_) => false,
        }
    }
}

impl Iterator for Decoded<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        let (byte, mut rest) = self.rest.split_first()?;
        let mut byte = *byte;
        // `%25` makes a `%`, with which the next two digits may be an escape again. Each turn goes on in the path.
        while byte == b'%'
            && let Some((decoded, after)) = escaped(rest)
        {
            (byte, rest) = (decoded, after);
        }
        self.rest = rest;
        Some(if byte == b'\\' { b'/' } else { byte.to_ascii_lowercase() })
    }
}

/// A target in absolute form (RFC 9112 section 3.2.2) from its path on.
fn without_origin(path: &[u8]) -> &[u8] {
    if path.starts_with(b"/") {
        return path;
    }
    let Some(at) = memchr::memmem::find(path, b"://") else { return path };
    behind_authority(path.get(at.saturating_add(3)..).unwrap_or_default())
}

/// A path that begins with two slashes, as who takes it for a reference (RFC 3986 section 4.2) reads it: what is behind them is a
/// host. PHP's `parse_url` does, and so do sites that ask it for the path of `REQUEST_URI`.
fn without_authority(path: &[u8]) -> Option<&[u8]> {
    let [b'/', b'/' | b'\\', authority @ ..] = path else { return None };
    Some(behind_authority(authority))
}

fn behind_authority(authority: &[u8]) -> &[u8] {
    let slash = authority.iter().position(|byte| matches!(byte, b'/' | b'\\'));
    slash.and_then(|slash| authority.get(slash..)).unwrap_or_default()
}

/// A path with dot segments, split wherever some origin would. Whatever dot segments an origin removes, and in whichever order it
/// goes about it, what it comes to is made of some of these segments, in this order.
pub(super) struct Segments {
    decoded: Vec<u8>,
}

impl Segments {
    /// The segments of a normalised path, if one of them may be `..`.
    pub(super) fn of_climbing(path: &[u8], signs: Signs) -> Option<Self> {
        let segments = signs.may_climb.then(|| Self { decoded: Decoded { rest: path }.collect() })?;
        let climbs = segments.iter().any(|segment| {
            // Dots beyond the second make a name; a blank or a control character may end one.
            segment
                .strip_prefix(b"..")
                .is_some_and(|rest| rest.first().is_none_or(|byte| !byte.is_ascii_graphic()))
        });
        climbs.then_some(segments)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> + Clone {
        let segments = self.decoded.split(|byte| matches!(byte, b'/' | b';' | b'?' | b'#'));
        segments.filter(|segment| !segment.is_empty())
    }
}
