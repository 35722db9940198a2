//! Paths: escapes normalised, and whether a path may lead elsewhere than it says.

use std::borrow::Cow;

use crate::seal::form::escaped;

/// `path` with `%XX` of an unreserved character (RFC 3986 section 2.3) decoded, every other escape in upper-case hexadecimal,
/// and bytes outside of `%x21-7E` escaped. One pass from left to right; nothing else is touched: no dot segment removed, no
/// slash merged, and a `%` that begins no escape stays. Borrows where `path` is normal already.
pub(crate) fn normalise(path: &[u8]) -> Cow<'_, [u8]> {
    let normal = normal_prefix(path);
    let Some((prefix, mut rest)) = path.split_at_checked(normal).filter(|(_, rest)| !rest.is_empty()) else {
        return Cow::Borrowed(path);
    };
    let mut normalised = Vec::with_capacity(path.len().saturating_add(16));
    normalised.extend_from_slice(prefix);
    while let [byte, after @ ..] = rest {
        rest = match escaped(after).filter(|_| *byte == b'%') {
            Some((byte, after)) if is_unreserved(byte) => {
                normalised.push(byte);
                after
            }
            Some((byte, after)) => {
                normalised.extend_from_slice(&escape(byte));
                after
            }
            None if byte.is_ascii_graphic() => {
                normalised.push(*byte);
                after
            }
            None => {
                normalised.extend_from_slice(&escape(*byte));
                after
            }
        };
    }
    Cow::Owned(normalised)
}

/// How many bytes at the start of `path` are normal already.
fn normal_prefix(path: &[u8]) -> usize {
    let mut rest = path;
    while let Some(odd) = rest.iter().position(|byte| !byte.is_ascii_graphic() || *byte == b'%') {
        rest = rest.get(odd..).unwrap_or_default();
        let beyond = match rest {
            [b'%', after @ ..] => match escaped(after) {
                Some((byte, beyond)) if !is_unreserved(byte) && after.starts_with(&upper_hex(byte)) => {
                    Some(beyond)
                }
                Some(_) => None,
                None => Some(after),
            },
            _ => None,
        };
        let Some(beyond) = beyond else { return path.len().saturating_sub(rest.len()) };
        rest = beyond;
    }
    path.len()
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

fn escape(byte: u8) -> [u8; 3] {
    let [high, low] = upper_hex(byte);
    [b'%', high, low]
}

fn upper_hex(byte: u8) -> [u8; 2] {
    let digit =
        |d: u8| if d < 10 { b'0'.saturating_add(d) } else { b'A'.saturating_add(d.saturating_sub(10)) };
    [digit(byte >> 4), digit(byte & 0x0f)]
}

/// Whether an origin may resolve a normalised path to another place: an escaped slash or backslash, a backslash, a dot segment.
/// No such path is granted what a rule grants to the path that it seems to be.
pub(crate) fn leads_elsewhere(path: &[u8]) -> bool {
    let backslash = memchr::memchr(b'\\', path).is_some();
    let escaped = memchr::memchr_iter(b'%', path)
        .any(|at| path.get(at..).is_some_and(|rest| rest.starts_with(b"%2F") || rest.starts_with(b"%5C")));
    // A path begins with a slash: what stands before the first one is no segment.
    let dots = path.split(|byte| *byte == b'/').skip(1).any(|segment| matches!(segment, b"." | b".."));
    backslash || escaped || dots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borrows_a_normal_path() {
        for path in ["", "/", "/wikipedia/commons/a/a9/Example.jpg", "/a%2Fb%C3%A9,(c)"] {
            assert!(matches!(normalise(path.as_bytes()), Cow::Borrowed(_)), "{path}");
        }
    }

    #[test]
    fn decodes_unreserved_and_raises_the_case_of_the_others() {
        assert_eq!(*normalise(b"/%41%2d%2E%5f%7e%2f%c3%A9"), *b"/A-._~%2F%C3%A9");
    }

    #[test]
    fn escapes_spaces_controls_and_bytes_beyond_ascii() {
        assert_eq!(*normalise(b"/a b\n\x7f\xc3\xa9"), *b"/a%20b%0A%7F%C3%A9");
    }

    #[test]
    fn decodes_once_and_leaves_a_lone_percent_sign() {
        assert_eq!(*normalise(b"/%2541/100%/%4/%zz"), *b"/%2541/100%/%4/%zz");
    }

    #[test]
    fn leaves_dot_segments_and_double_slashes() {
        assert_eq!(*normalise(b"/a//./../%2e%2E/b"), *b"/a//./../../b");
    }

    proptest::proptest! {
        #[test]
        fn is_printable_and_borrows_only_what_it_would_not_change(path: Vec<u8>) {
            let normal = normalise(&path);
            proptest::prop_assert!(normal.iter().all(u8::is_ascii_graphic));
            if let Cow::Borrowed(same) = normal {
                proptest::prop_assert_eq!(same, &path[..]);
            }
        }
    }
}
