//! application/x-www-form-urlencoded, as a query carries it.

use std::borrow::Cow;
use std::fmt::Write as _;

use memchr::memchr2;

/// A name or a value with `+` read as a space and `%XX` as its byte; an incomplete escape stays as it is.
/// Borrows where nothing is escaped, which is the usual case.
pub(crate) fn decode(text: &[u8]) -> Cow<'_, [u8]> {
    let Some(first) = memchr2(b'+', b'%', text) else { return Cow::Borrowed(text) };
    let (plain, mut rest) = text.split_at_checked(first).unwrap_or((text, &[]));
    let mut decoded = Vec::with_capacity(text.len());
    decoded.extend_from_slice(plain);
    while let [byte, after @ ..] = rest {
        let (byte, after) = match byte {
            b'+' => (b' ', after),
            b'%' => escaped(after).unwrap_or((b'%', after)),
            byte => (*byte, after),
        };
        decoded.push(byte);
        rest = after;
    }
    Cow::Owned(decoded)
}

/// Whether `text` decodes to `plain`; nothing is copied, however much is escaped.
pub(crate) fn decodes_to(text: &[u8], plain: &[u8]) -> bool {
    let (mut rest, mut expected) = (text, plain);
    loop {
        let (byte, after) = match (rest, expected) {
            ([], []) => return true,
            ([], _) | (_, []) => return false,
            ([b'+', after @ ..], _) => (b' ', after),
            ([b'%', after @ ..], _) => escaped(after).unwrap_or((b'%', after)),
            ([byte, after @ ..], _) => (*byte, after),
        };
        match expected {
            [first, others @ ..] if *first == byte => (rest, expected) = (after, others),
            _ => return false,
        }
    }
}

/// The byte that two hexadecimal digits at the start of `text` spell, and what follows them.
pub(crate) fn escaped(text: &[u8]) -> Option<(u8, &[u8])> {
    let [high, low, after @ ..] = text else { return None };
    let digit = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
    Some((digit(*high)?.checked_mul(16)?.checked_add(digit(*low)?)?, after))
}

/// Appends `value` as the URL Standard's serializer writes it: letters, digits and `*-._` as they are, a space as `+`, every
/// other byte as `%XX`.
pub(crate) fn encode_into(url: &mut String, value: &str) {
    for byte in value.bytes() {
        match byte {
            b' ' => url.push('+'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => url.push(char::from(byte)),
            // Writing to a String cannot fail.
            _ => drop(write!(url, "%{byte:02X}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borrows_what_is_not_escaped() {
        assert!(matches!(decode(b"en.wikipedia.org"), Cow::Borrowed(b"en.wikipedia.org")));
    }

    #[test]
    fn decodes_plus_and_escapes() {
        assert_eq!(*decode(b"a+b%20c%C3%A9%2b"), *b"a b c\xc3\xa9+");
    }

    #[test]
    fn leaves_incomplete_escapes_alone() {
        assert_eq!(*decode(b"100%+%4+%zz%"), *b"100% %4 %zz%");
    }

    #[test]
    fn does_not_decode_twice() {
        assert_eq!(*decode(b"%2541"), *b"%41");
    }

    proptest::proptest! {
        #[test]
        fn compares_as_if_it_had_decoded(text in "[a-c%+0-9 ]{0,8}", plain in "[a-c%+ ]{0,4}") {
            let (text, plain) = (text.as_bytes(), plain.as_bytes());
            proptest::prop_assert_eq!(decodes_to(text, plain), *decode(text) == *plain);
            proptest::prop_assert!(decodes_to(text, &decode(text)));
        }
    }

    #[test]
    fn encodes_what_it_decodes() {
        let mut url = String::new();
        encode_into(&mut url, "a b*-._~é+&=%");
        assert_eq!(url, "a+b*-._%7E%C3%A9%2B%26%3D%25");
        assert_eq!(*decode(url.as_bytes()), *"a b*-._~é+&=%".as_bytes());
    }
}
