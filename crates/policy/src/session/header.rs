//! The header of a token (JOSE header, RFC 7515 section 4).

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use super::json::{Text, once};

/// Members that ask for what this crate never does: to understand an extension (`crit`, `b64` of RFC 7797), or to take the
/// key from the token itself.
const REFUSED: [&str; 6] = ["crit", "b64", "jwk", "jku", "x5u", "x5c"];

/// What a header says of the signature.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Header<'j> {
    pub(super) alg: Cow<'j, str>,
    pub(super) kid: Option<Cow<'j, str>>,
}

impl<'j> Header<'j> {
    /// Reads a header; `None` for one that is malformed or must not pass. A member that is read may stand only once
    /// (RFC 7515 section 4); members that are not read are passed over, however deep.
    pub(super) fn parse(json: &'j str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }
}

impl<'de> Deserialize<'de> for Header<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Header<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JOSE header")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let (mut alg, mut kid) = (None, None);
                while let Some(Text(name)) = map.next_key()? {
                    match &*name {
                        "alg" => once(&mut alg, &mut map)?,
                        "kid" => once(&mut kid, &mut map)?,
                        name if REFUSED.contains(&name) => {
                            return Err(A::Error::custom("a member that is never taken"));
                        }
                        _ => drop(map.next_value::<IgnoredAny>()?),
                    }
                }
                let text = |Text(text)| text;
                let alg = alg.map(text).ok_or_else(|| A::Error::missing_field("alg"))?;
                Ok(Header { alg, kid: kid.map(text) })
            }
        }

        deserializer.deserialize_map(Members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_algorithm_and_key_id() {
        let header = Header::parse(r#" {"typ":"JWT","kid":"a\u002fb","alg":"RS256","x":[{}]} "#).unwrap();
        assert_eq!((&*header.alg, header.kid.as_deref()), ("RS256", Some("a/b")));
    }

    #[test]
    fn refuses_what_asks_for_an_extension_or_brings_its_key() {
        for name in REFUSED {
            assert!(Header::parse(&format!(r#"{{"alg":"RS256","{name}":null}}"#)).is_none(), "{name}");
        }
        assert!(Header::parse(r#"{"alg":"RS256","\u006awk":{}}"#).is_none());
    }

    #[test]
    fn refuses_what_is_no_header() {
        for json in [
            "",
            "[]",
            "{}",
            "null",
            r#"{"kid":"a"}"#,
            r#"{"alg":1}"#,
            r#"{"alg":null}"#,
            r#"{"alg":"a","kid":1}"#,
            r#"{"alg":"a","kid":null}"#,
            r#"{"alg":"a","alg":"a"}"#,
            r#"{"alg":"a","kid":"b","kid":"b"}"#,
            r#"{"alg":"a"}{}"#,
            r#"{"alg":"a",}"#,
            r#"{"alg":"\ud800"}"#,
            "\u{feff}{\"alg\":\"a\"}",
        ] {
            assert!(Header::parse(json).is_none(), "{json}");
        }
    }

    #[test]
    fn passes_over_what_it_does_not_read_however_deep() {
        let json = format!(r#"{{"alg":"a","x":{}{}}}"#, "[".repeat(3000), "]".repeat(3000));
        assert!(Header::parse(&json).is_some());
    }
}
