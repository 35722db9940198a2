//! The keys that verify tokens. Each is for one algorithm, whatever a token says of itself.

mod error;
mod jwks;
mod pem;
mod secret;

use std::fmt;
use std::path::Path;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey};
use jsonwebtoken::crypto::aws_lc;
use jsonwebtoken::{DecodingKey, DecodingKeyKind};

use super::SessionStatus;
use super::algorithm::Algorithm;
use super::fingerprint::FingerprintHasher;
use super::header::Header;
use crate::document::read_bytes;
pub(super) use error::KeyError;

/// Bytes of a signature of ES256 (RFC 7518 section 3.4) and of Ed25519 (RFC 8032 section 5.1.6).
const CURVE_SIGNATURE: usize = 64;
/// Bytes of a MAC of HS256 (RFC 7518 section 3.2).
const MAC: usize = 32;
/// Bits of an RSA key: at least those of RFC 7518 section 3.3, at most those that the library takes.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// Keys by id.
#[derive(Debug)]
pub(crate) struct KeyRing(Vec<Key>);

/// A key and the algorithm that it is for.
pub(crate) struct Key {
    id: Box<str>,
    algorithm: Algorithm,
    decoding: DecodingKey,
    /// Bytes of each signature that this key verifies.
    signature: usize,
}

/// Where a key comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Pem,
    Jwks,
    Secret,
}

impl KeyRing {
    pub(super) fn new(keys: Vec<Key>) -> Self {
        Self(keys)
    }

    /// The key that a token names by its `kid`, or without one, the only key of its algorithm.
    pub(super) fn find(&self, header: &Header<'_>) -> Result<&Key, SessionStatus> {
        let algorithm = Algorithm::from_name(&header.alg);
        match header.kid.as_deref() {
            Some(kid) => match self.0.iter().find(|key| *key.id == *kid) {
                None => Err(SessionStatus::UnknownKey),
                Some(key) if Some(key.algorithm) == algorithm => Ok(key),
                Some(_) => Err(SessionStatus::BadSignature),
            },
            None => {
                let mut candidates = self.0.iter().filter(|key| Some(key.algorithm) == algorithm);
                match (candidates.next(), candidates.next()) {
                    (Some(key), None) => Ok(key),
                    (Some(_), Some(_)) => Err(SessionStatus::UnknownKey),
                    (None, _) => Err(SessionStatus::BadSignature),
                }
            }
        }
    }

    /// The secrets of HS256, each with the id of its key.
    pub(super) fn secrets(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0.iter().filter_map(|key| match (key.algorithm, key.decoding.kind()) {
            (Algorithm::Hs256, DecodingKeyKind::SecretOrDer(bytes)) => Some((&*key.id, &**bytes)),
            _ => None,
        })
    }

    /// Adds what tells these keys from any others.
    pub(super) fn describe(&self, hasher: &mut FingerprintHasher) {
        hasher.count(self.0.len());
        for Key { id, algorithm, decoding, .. } in &self.0 {
            hasher.part(id.as_bytes()).part(algorithm.name().as_bytes());
            match decoding.kind() {
                DecodingKeyKind::SecretOrDer(bytes) => hasher.part(bytes),
                DecodingKeyKind::RsaModulusExponent { n, e } => hasher.part(n).part(e),
            };
        }
    }
}

impl Key {
    /// Reads the key of this id and algorithm from a file.
    pub(super) fn read(
        id: &str,
        algorithm: Algorithm,
        origin: Origin,
        file: &Path,
    ) -> Result<Self, KeyError> {
        if (origin == Origin::Secret) != (algorithm == Algorithm::Hs256) {
            return Err(KeyError::Origin { algorithm });
        }
        let bytes = || read_bytes(file).map_err(KeyError::Read);
        let (decoding, signature) = match origin {
            Origin::Secret => (DecodingKey::from_secret(&secret::read(file)?), MAC),
            Origin::Pem => public_key(algorithm, PublicKey::from_pem(&bytes()?)?)?,
            Origin::Jwks => public_key(algorithm, jwks::find(&bytes()?, id, algorithm)?)?,
        };
        Ok(Self { id: id.into(), algorithm, decoding, signature })
    }

    /// Whether the signature is this key's, for these bytes.
    pub(super) fn verifies(&self, signed: &[u8], signature: &Vec<u8>) -> bool {
        // By the length alone, most of what is made up costs no public-key operation.
        if signature.len() != self.signature {
            return false;
        }
        // By name, not by the default of the process: that is for the program to set, and panics where it is not clear.
        let verifier = (aws_lc::DEFAULT_PROVIDER.verifier_factory)(&self.algorithm.into(), &self.decoding);
        verifier.is_ok_and(|verifier| verifier.verify(signed, signature).is_ok())
    }
}

/// A public key as it comes out of a file.
pub(super) enum PublicKey {
    /// Modulus and exponent, big-endian, without leading zeros.
    Rsa { n: Vec<u8>, e: Vec<u8> },
    /// A point of P-256, uncompressed (SEC 1 section 2.3.3).
    P256([u8; 65]),
    /// RFC 8032 section 5.1.5.
    Ed25519([u8; 32]),
}

impl PublicKey {
    fn kind(&self) -> &'static str {
        match self {
            Self::Rsa { .. } => "an RSA key",
            Self::P256(_) => "a key of P-256",
            Self::Ed25519(_) => "a key of Ed25519",
        }
    }
}

fn public_key(algorithm: Algorithm, key: PublicKey) -> Result<(DecodingKey, usize), KeyError> {
    match (algorithm, &key) {
        (Algorithm::Rs256, PublicKey::Rsa { n, e }) => {
            let bits = n
                .len()
                .saturating_mul(8)
                .saturating_sub(n.first().map_or(0, |byte| byte.leading_zeros() as usize));
            if !RSA_BITS.contains(&bits) {
                return Err(KeyError::RsaBits(bits));
            }
            // RFC 8017 section 3.1: odd, and at least 3.
            if e.last().is_none_or(|low| low % 2 == 0) || e.as_slice() == [1] {
                return Err(KeyError::RsaExponent);
            }
            Ok((DecodingKey::from_rsa_raw_components(n, e), n.len()))
        }
        (Algorithm::Es256, PublicKey::P256(point)) => {
            // SEC 1 section 3.2.2.1: any two coordinates read as a key, and one off the curve verifies nothing.
            ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).map_err(|_| KeyError::OffCurve)?;
            Ok((DecodingKey::from_ec_der(point), CURVE_SIGNATURE))
        }
        (Algorithm::EdDsa, PublicKey::Ed25519(point)) => {
            Ok((DecodingKey::from_ed_der(point), CURVE_SIGNATURE))
        }
        _ => Err(KeyError::Kind { algorithm, found: key.kind() }),
    }
}

/// Redacted: the key may be a secret.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("id", &self.id)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
