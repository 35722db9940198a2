//! A token as it stands in a request: JWS Compact Serialization (RFC 7515 section 7.1).
//!
//! ```text
//!  e y J … . e y J … . A b C …
//!  │         │         └─ signature ──── of the bytes before the second dot, as they are
//!  │         └─ claims ───────────────── JSON
//!  └─ header ─────────────────────────── JSON
//! ```
//!
//! Each part is base64url without padding in its one canonical spelling: no other alphabet, no spare bit that is set
//! (RFC 4648 sections 3.5 and 5).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Most bytes of a token. One that is longer is not looked at; servers rarely take a longer line of a header anyway.
pub(super) const MAX_TOKEN: usize = 8192;

/// A token taken apart; whether it is genuine is not known yet.
pub(super) struct Token<'t> {
    /// What is signed: header and claims, with the dot between them.
    pub(super) signed: &'t [u8],
    /// JSON, presumably.
    pub(super) header: String,
    /// JSON, presumably.
    pub(super) claims: String,
    pub(super) signature: Vec<u8>,
}

/// Whether `text` may be a token at all, told without reading more than its dots: what cannot be one costs nothing more.
pub(super) fn may_be_a_token(text: &[u8]) -> bool {
    text.len() <= MAX_TOKEN && memchr::memchr_iter(b'.', text).take(3).count() == 2
}

impl<'t> Token<'t> {
    /// Takes a token apart; `None` if it is not three parts of canonical base64url, of which the first two are UTF-8.
    pub(super) fn parse(text: &'t [u8]) -> Option<Self> {
        let mut dots = memchr::memchr_iter(b'.', text);
        // A third dot stands in the signature then, and is no character of base64url.
        let (first, second) = (dots.next()?, dots.next()?);
        let (signed, signature) = text.split_at_checked(second)?;
        let (header, claims) = signed.split_at_checked(first)?;
        let json = |part: &[u8]| String::from_utf8(decode(part)?).ok();
        Some(Self {
            signed,
            header: json(header)?,
            claims: json(claims.strip_prefix(b".")?)?,
            signature: decode(signature.strip_prefix(b".")?)?,
        })
    }
}

fn decode(part: &[u8]) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(part).ok()
}

/// Redacted: whoever has the token is logged in.
impl fmt::Debug for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({} bytes signed)", self.signed.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_three_parts_apart() {
        let token = Token::parse(b"e30.eyJhIjoxfQ.AAE").unwrap();
        assert_eq!(
            (token.signed, &*token.header, &*token.claims),
            (&b"e30.eyJhIjoxfQ"[..], "{}", "{\"a\":1}")
        );
        assert_eq!(token.signature, [0, 1]);
        assert_eq!(format!("{token:?}"), "Token(14 bytes signed)");
    }

    #[test]
    fn refuses_all_but_three_parts_of_canonical_base64url() {
        for text in [
            "",
            ".",
            "e30",
            "e30.e30",
            "e30.e30.AAE.",
            "e30.e30.AAE.AAE.AAE",
            "e30=.e30.AAE",
            "e30.e30.AAE=",
            "e31.e30.AAE",
            "e30.e30.AAF",
            "e30.e30.A+E",
            "e30.e30.A/E",
            "e30. e30.AAE",
            "e30.e30.AAE\n",
            "_w.e30.AAE",
        ] {
            assert!(Token::parse(text.as_bytes()).is_none(), "{text}");
        }
    }
}
