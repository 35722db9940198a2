//! Whom a session belongs to, by a keyed hash: the only form in which a subject leaves this crate.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// Bytes of the hash: two of ten million accounts share one with probability 3 in a million.
const BYTES: usize = 8;

/// A subject, as the first 64 bits of HMAC-SHA256 by the policy's `subject_key`; 16 hex digits. The same wherever this key is
/// used, and by nobody to be led back to the account who does not have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SubjectHash([u8; BYTES]);

impl SubjectHash {
    /// The 64 bits, to count by.
    #[must_use]
    pub const fn bytes(self) -> [u8; BYTES] {
        self.0
    }
}

impl fmt::Display for SubjectHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", u64::from_be_bytes(self.0))
    }
}

/// The key of the hash.
pub(crate) struct SubjectKey(Hmac<Sha256>);

impl SubjectKey {
    pub(super) fn new(secret: &[u8]) -> Option<Self> {
        Hmac::new_from_slice(secret).ok().map(Self)
    }

    /// The hash of what follows the last `:` of a `sub`: the account's id in `mw:CentralAuth::42`. `None` where nothing does,
    /// which names nobody.
    pub(super) fn hash(&self, sub: &str) -> Option<SubjectHash> {
        let id = sub.rsplit(':').next().filter(|id| !id.is_empty())?;
        self.hash_bytes(id.as_bytes())
    }

    /// The state of the MAC that has taken in the secret.
    pub(crate) fn mac(&self) -> &Hmac<Sha256> {
        &self.0
    }

    /// What tells this key from another one.
    pub(super) fn check_value(&self) -> Option<SubjectHash> {
        self.hash_bytes(b"")
    }

    fn hash_bytes(&self, id: &[u8]) -> Option<SubjectHash> {
        let mut mac = self.0.clone();
        mac.update(id);
        mac.finalize().into_bytes().first_chunk().copied().map(SubjectHash)
    }
}

/// Redacted: with the key, every account can be tried.
impl fmt::Debug for SubjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SubjectKey(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_what_follows_the_last_colon() {
        let key = SubjectKey::new(&[7; 32]).unwrap();
        let hash = |sub| key.hash(sub).map(|hash| hash.to_string());
        // openssl dgst -sha256 -mac hmac -macopt hexkey:0707…07
        assert_eq!(hash("mw:CentralAuth::42").as_deref(), Some("c375c508be09c2d7"));
        assert_eq!(hash("42"), hash("mw:CentralAuth::42"));
        assert_ne!(hash("43"), hash("42"));
        assert_ne!(SubjectKey::new(&[8; 32]).unwrap().hash("42"), key.hash("42"));
    }

    #[test]
    fn a_subject_that_names_nobody_has_no_hash() {
        let key = SubjectKey::new(&[7; 32]).unwrap();
        assert_eq!((key.hash(""), key.hash("mw:CentralAuth::")), (None, None));
    }
}
