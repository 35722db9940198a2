//! What loggers escape, so that a line stays a line.

use std::borrow::Cow;

use crate::replay::record::Text;

/// As Apache, nginx and varnishncsa escape: `\"`, `\\`, `\n` and its like, `\xHH`. Anything else behind a `\` stays as it is.
pub(super) fn unescape(raw: &[u8]) -> Text<'_> {
    let Some(first) = memchr::memchr(b'\\', raw) else { return Cow::Borrowed(raw) };
    let (plain, mut rest) = raw.split_at_checked(first).unwrap_or((raw, b""));
    let mut text = plain.to_vec();
    while let [byte, after @ ..] = rest {
        let (byte, left) = match (byte, after) {
            (b'\\', [b'x', high, low, left @ ..]) if byte_of(*high, *low).is_some() => {
                (byte_of(*high, *low).unwrap_or_default(), left)
            }
            (b'\\', [escaped, left @ ..]) if named(*escaped).is_some() => {
                (named(*escaped).unwrap_or_default(), left)
            }
            _ => (*byte, after),
        };
        text.push(byte);
        rest = left;
    }
    Cow::Owned(text)
}

fn named(escaped: u8) -> Option<u8> {
    Some(match escaped {
        b'"' | b'\\' | b'\'' | b']' => escaped,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'b' => 8,
        b'f' => 12,
        b'v' => 11,
        _ => return None,
    })
}

/// As HAProxy encodes requests and captures: `#HH`.
pub(super) fn decode_hashes(raw: &[u8]) -> Text<'_> {
    let Some(first) = memchr::memchr(b'#', raw) else { return Cow::Borrowed(raw) };
    let (plain, mut rest) = raw.split_at_checked(first).unwrap_or((raw, b""));
    let mut text = plain.to_vec();
    while let [byte, after @ ..] = rest {
        let decoded = match (byte, after) {
            (b'#', [high, low, left @ ..]) => byte_of(*high, *low).map(|byte| (byte, left)),
            _ => None,
        };
        let (byte, left) = decoded.unwrap_or((*byte, after));
        text.push(byte);
        rest = left;
    }
    Cow::Owned(text)
}

fn byte_of(high: u8, low: u8) -> Option<u8> {
    let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some((digit(high)? << 4) | digit(low)?)
}

/// The place of the quote that ends a quoted text, of which the first quote is not part of `rest`.
pub(super) fn closing_quote(rest: &[u8]) -> Option<usize> {
    let mut from = 0_usize;
    loop {
        let at = from.checked_add(memchr::memchr2(b'"', b'\\', rest.get(from..)?)?)?;
        match rest.get(at) {
            Some(b'"') => return Some(at),
            _ => from = at.checked_add(2)?,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unescapes_what_the_loggers_of_three_servers_escape() {
        assert_eq!(&*unescape(br#"a \"b\" \x22 \\x \t \q \x2"#), b"a \"b\" \" \\x \t \\q \\x2");
        assert!(matches!(unescape(b"plain"), Cow::Borrowed(b"plain")));
    }

    #[test]
    fn decodes_what_haproxy_encodes() {
        assert_eq!(&*decode_hashes(b"#22a#7Cb#C3#A9#zz#2"), "\"a|bé#zz#2".as_bytes());
    }

    #[test]
    fn a_quote_that_is_escaped_ends_nothing() {
        assert_eq!(closing_quote(br#"a \" b" c"#), Some(6));
        assert_eq!(closing_quote(br#"a \\" c"#), Some(4));
        assert_eq!(closing_quote(br#"a \"#), None);
    }
}
