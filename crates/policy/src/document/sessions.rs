use std::fmt;
use std::path::PathBuf;

use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};
use serde_saphyr::Spanned;

/// Section `sessions`: logged-in users, known by a JSON Web Token that their issuer signed (`docs/sessions.md`).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionsDocument {
    /// Whether a token is looked for in `Authorization: Bearer`, before all other places. Default `true`.
    #[serde(default = "yes")]
    pub bearer: bool,
    /// Names of the cookies that may hold a token, the first to be looked at first; compared byte for byte, at most 64.
    #[serde(default)]
    pub cookies: Vec<Spanned<String>>,
    /// Name of the query parameter that may hold a token, looked at last. Default none.
    pub query_parameter: Option<Spanned<String>>,
    /// Keys that verify tokens: 1 to 64.
    pub keys: Spanned<Vec<SessionKeyDocument>>,
    /// Issuers (`iss`) whose tokens make a session. Default any.
    pub issuer: Option<Spanned<OneOrMany>>,
    /// Audiences (`aud`), of which a token names at least one. Default any.
    pub audience: Option<Spanned<OneOrMany>>,
    /// Claims that hold the time from which on a token is no good; the first that a token has counts. Default `[exp, sxp]`.
    pub expiry: Option<Vec<Spanned<String>>>,
    /// How far the issuer's clock and this one may differ, at most `5m`. Default `0s`.
    pub leeway: Option<Spanned<String>>,
    /// Claim that names a class of sessions. Default none.
    pub rate_class: Option<Spanned<String>>,
    /// Classes that are told; any other is not. At most 64.
    #[serde(default)]
    pub rate_classes: Vec<Spanned<String>>,
    /// File of the secret that hashes subjects: at least 32 bytes, byte for byte; not readable by others, and no other key's.
    pub subject_key: Spanned<PathBuf>,
}

fn yes() -> bool {
    true
}

/// An entry of `sessions.keys`: `id`, `algorithm`, and one of `pem`, `jwks` and `secret`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionKeyDocument {
    /// The `kid` of tokens signed with this key: 1 to 128 printable ASCII characters.
    pub id: Spanned<String>,
    /// The one algorithm that this key is for.
    pub algorithm: AlgorithmDocument,
    /// Public key in PEM (RFC 7468): RSA of 2,048 to 8,192 bits, P-256 or Ed25519.
    pub pem: Option<Spanned<PathBuf>>,
    /// JWK Set (RFC 7517), of which the key with this `id` is taken.
    pub jwks: Option<Spanned<PathBuf>>,
    /// Secret of HS256: at least 32 bytes, byte for byte; not readable by others.
    pub secret: Option<Spanned<PathBuf>>,
}

/// How a token is signed (RFC 7518 section 3.1, RFC 8037 section 3.1).
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub enum AlgorithmDocument {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    #[serde(rename = "RS256")]
    Rs256,
    /// ECDSA with P-256 and SHA-256.
    #[serde(rename = "ES256")]
    Es256,
    /// EdDSA with Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
    /// HMAC with SHA-256.
    #[serde(rename = "HS256")]
    Hs256,
}

/// A text or a list of texts.
#[derive(Debug)]
pub struct OneOrMany(pub Vec<String>);

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Texts;

        impl<'de> Visitor<'de> for Texts {
            type Value = OneOrMany;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a list of texts")
            }

            fn visit_str<E>(self, text: &str) -> Result<OneOrMany, E> {
                Ok(OneOrMany(vec![text.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<OneOrMany, A::Error> {
                let mut texts = Vec::new();
                while let Some(text) = seq.next_element()? {
                    texts.push(text);
                }
                Ok(OneOrMany(texts))
            }
        }

        deserializer.deserialize_any(Texts)
    }
}
