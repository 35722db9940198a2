//! A public key from a JWK Set (RFC 7517 section 5).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::{KeyError, PublicKey};
use crate::session::algorithm::Algorithm;

/// Keys are read one by one: one of a kind that this crate does not know must not take the others with it (RFC 7517
/// section 5).
#[derive(Deserialize)]
struct JwkSet {
    keys: Vec<Value>,
}

/// A key, as far as it is looked at; members of other names are passed over (RFC 7517 section 4).
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    alg: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
    /// There in private keys only (RFC 7518 sections 6.2.2 and 6.3.2, RFC 8037 section 2).
    d: Option<IgnoredAny>,
}

/// The one public key of this id in a set.
pub(super) fn find(set: &[u8], id: &str, algorithm: Algorithm) -> Result<PublicKey, KeyError> {
    let set: JwkSet = serde_json::from_slice(set).map_err(KeyError::NoJwks)?;
    let has_id = |key: &Value| key.get("kid").and_then(Value::as_str) == Some(id);
    let mut keys: Vec<Value> = set.keys.into_iter().filter(has_id).collect();
    match (keys.pop(), keys.len()) {
        (Some(key), 0) => serde_json::from_value::<Jwk>(key).map_err(KeyError::NoJwk)?.public_key(algorithm),
        (Some(_), others) => Err(KeyError::JwksAmbiguous(others.saturating_add(1))),
        (None, _) => Err(KeyError::JwksWithout),
    }
}

impl Jwk {
    fn public_key(&self, algorithm: Algorithm) -> Result<PublicKey, KeyError> {
        if self.d.is_some() {
            return Err(KeyError::Private);
        }
        self.check_purpose(algorithm)?;
        match (&*self.kty, self.crv.as_deref()) {
            ("RSA", _) => Ok(PublicKey::Rsa {
                n: integer("n", self.n.as_deref())?,
                e: integer("e", self.e.as_deref())?,
            }),
            ("EC", Some("P-256")) => {
                let (x, y) = (coordinate("x", self.x.as_deref())?, coordinate("y", self.y.as_deref())?);
                let mut point = [4; 65];
                for (place, byte) in point.iter_mut().skip(1).zip(x.into_iter().chain(y)) {
                    *place = byte;
                }
                Ok(PublicKey::P256(point))
            }
            ("OKP", Some("Ed25519")) => Ok(PublicKey::Ed25519(coordinate("x", self.x.as_deref())?)),
            ("oct", _) => Err(KeyError::JwkSecret),
            _ => Err(KeyError::UnknownKind),
        }
    }

    /// Whether the set means this key for signatures by this algorithm (RFC 7517 sections 4.2 to 4.4).
    fn check_purpose(&self, algorithm: Algorithm) -> Result<(), KeyError> {
        let other = |found: &String| KeyError::JwkPurpose(found.clone());
        if let Some(alg) = self.alg.as_ref().filter(|alg| **alg != algorithm.name()) {
            return Err(other(alg));
        }
        if let Some(usage) = self.usage.as_ref().filter(|usage| **usage != "sig") {
            return Err(other(usage));
        }
        match &self.key_ops {
            Some(operations) if !operations.iter().any(|operation| operation == "verify") => {
                Err(KeyError::JwkPurpose(operations.join(", ")))
            }
            _ => Ok(()),
        }
    }
}

fn decode(name: &'static str, text: Option<&str>) -> Result<Vec<u8>, KeyError> {
    text.and_then(|text| URL_SAFE_NO_PAD.decode(text).ok()).ok_or(KeyError::JwkMember(name))
}

/// A big-endian integer; leading zeros, which RFC 7518 section 6.3.1 forbids and some write, go.
fn integer(name: &'static str, text: Option<&str>) -> Result<Vec<u8>, KeyError> {
    let bytes = decode(name, text)?;
    Ok(bytes.into_iter().skip_while(|byte| *byte == 0).collect())
}

fn coordinate(name: &'static str, text: Option<&str>) -> Result<[u8; 32], KeyError> {
    decode(name, text)?.try_into().map_err(|_| KeyError::JwkMember(name))
}
