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

/// Whether an origin may resolve a normalised path to another place, by a slash or a backslash that is escaped, once or twice, a
/// backslash, or a segment that is empty or made of dots, whatever parameters follow them (`..;x`, as servlet containers
/// have it). No such path is granted what a rule grants to the path that it seems to be.
pub(crate) fn leads_elsewhere(path: &[u8]) -> bool {
    let backslash = memchr::memchr(b'\\', path).is_some();
    let escaped = memchr::memchr_iter(b'%', path).any(|at| is_a_disguise(path.get(at..).unwrap_or_default()));
    // A path begins with a slash: what stands before the first one is no segment, and behind the last one may be nothing.
    let segments = path.split(|byte| *byte == b'/').skip(1);
    let dots = segments.clone().any(|segment| matches!(without_parameters(segment), b"." | b".."));
    let count = segments.clone().count();
    let empty = segments.take(count.saturating_sub(1)).any(<[u8]>::is_empty);
    backslash || escaped || dots || empty
}

/// Whether an escape stands for a slash, a backslash or the end of a C string, or for an escape of a dot or of one of these.
fn is_a_disguise(escape: &[u8]) -> bool {
    let is = |escape: &[u8], codes: [&[u8]; 3]| {
        escape.get(..2).is_some_and(|code| codes.iter().any(|known| code.eq_ignore_ascii_case(known)))
    };
    match escape.strip_prefix(b"%25") {
        Some(second) => is(second, [b"2e", b"2f", b"5c"]),
        None => is(escape.get(1..).unwrap_or_default(), [b"2f", b"5c", b"00"]),
    }
}

/// A segment up to its parameters (RFC 3986 section 3.3).
fn without_parameters(segment: &[u8]) -> &[u8] {
    let escaped = segment.windows(3).position(|three| three == b"%3B");
    let end = memchr::memchr(b';', segment).into_iter().chain(escaped).min();
    end.and_then(|end| segment.get(..end)).unwrap_or(segment)
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

    #[test]
    fn tells_what_an_origin_may_resolve_to_another_place() {
        for elsewhere in [
            "/a/../b",
            "/a/.",
            "/..",
            "/a/./b",
            "//a",
            "/a//b",
            "/a%2fb",
            "/a%5Cb",
            "/a\\b",
            "/a/..;/b",
            "/a/..;x=1/b",
            "/a/..%3b/b",
            "/a/%252e%252e/b",
            "/a/..%252Fb",
            "/a/..%00/b",
            "/a/.;/b",
        ] {
            assert!(leads_elsewhere(&normalise(elsewhere.as_bytes())), "{elsewhere}");
        }
        for plain in [
            "",
            "/",
            "/a/",
            "/a/b.c",
            "/a/...",
            "/a/..b",
            "/a/b..",
            "/a%25",
            "/100%25/b",
            "/a;b=c",
            "/%C3%A9",
            "*",
        ] {
            assert!(!leads_elsewhere(&normalise(plain.as_bytes())), "{plain}");
        }
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
