use std::fmt;

use sha2::{Digest as _, Sha256};

/// Tells one section `sessions` from any other: what the cache knows by one is not known to another. The same section read
/// again has the same fingerprint, so that a reload that does not touch it keeps the cache warm.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Fingerprint([u8; 32]);

impl Fingerprint {
    pub(super) const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    #[cfg(test)]
    pub(super) const fn of_test(byte: u8) -> Self {
        Self([byte; 32])
    }
}

/// Redacted: secrets went into it.
impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fingerprint(redacted)")
    }
}

/// SHA-256 over parts, each with its length in front, so that no two lists of parts are the same to it.
pub(super) struct FingerprintHasher(Sha256);

impl FingerprintHasher {
    pub(super) fn new() -> Self {
        Self(Sha256::new())
    }

    pub(super) fn part(&mut self, part: &[u8]) -> &mut Self {
        self.0.update((part.len() as u64).to_le_bytes());
        self.0.update(part);
        self
    }

    /// How many parts follow.
    pub(super) fn count(&mut self, count: usize) -> &mut Self {
        self.0.update((count as u64).to_le_bytes());
        self
    }

    /// A list, with its number of parts in front.
    pub(super) fn list(&mut self, parts: &[Box<str>]) -> &mut Self {
        self.count(parts.len());
        for part in parts {
            self.part(part.as_bytes());
        }
        self
    }

    pub(super) fn finish(self) -> Fingerprint {
        Fingerprint(self.0.finalize().into())
    }
}
