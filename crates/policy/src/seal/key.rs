//! The keys that make and verify seals.

use std::fmt;
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use hmac::{Hmac, KeyInit as _};
use sha2::Sha256;

use crate::document::open_regular;

/// Fewest bytes of a secret: as many as SHA-256 puts out (RFC 2104 section 3).
const MIN_SECRET: usize = 32;
/// Most bytes of a secret file that are read.
const MAX_SECRET: u64 = 4096;
/// The permission bit that lets others read a file.
const WORLD_READABLE: u32 = 0o004;

/// HMAC-SHA256 with its key worked in, ready to be cloned for one message.
pub(crate) type Mac = Hmac<Sha256>;

/// Keys by id; at most one of them signs.
#[derive(Debug, Default)]
pub(crate) struct KeyRing {
    keys: Vec<Key>,
}

/// A key: the state of a MAC that has taken in the secret.
pub(crate) struct Key {
    pub(crate) id: Box<str>,
    pub(crate) mac: Mac,
    pub(crate) signs: bool,
}

/// Redacted: the state of the MAC is as good as the secret.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("id", &self.id).field("signs", &self.signs).finish_non_exhaustive()
    }
}

impl KeyRing {
    pub(crate) fn new(keys: Vec<Key>) -> Self {
        Self { keys }
    }

    /// The key of a seal. A ring holds a handful: one pass over them is quicker than a hash of the id.
    pub(crate) fn find(&self, id: &str) -> Option<&Key> {
        self.keys.iter().find(|key| *key.id == *id)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Key> {
        self.keys.iter()
    }

    /// The key that new seals are made with.
    pub(crate) fn signing(&self) -> Option<&Key> {
        self.keys.iter().find(|key| key.signs)
    }
}

impl Key {
    pub(crate) fn new(id: &str, secret: &[u8], signs: bool) -> Result<Self, SecretError> {
        if secret.len() < MIN_SECRET {
            return Err(SecretError::TooShort(secret.len()));
        }
        let mac = Mac::new_from_slice(secret).map_err(|_| SecretError::TooShort(secret.len()))?;
        Ok(Self { id: id.into(), mac, signs })
    }

    /// Reads the secret from `file`.
    pub(crate) fn read(id: &str, file: &Path, signs: bool) -> Result<Self, SecretError> {
        Self::new(id, &read_secret(file)?, signs)
    }
}

/// Reads a secret, byte for byte: a newline at the end of the file is part of it.
pub(crate) fn read_secret(file: &Path) -> Result<Vec<u8>, SecretError> {
    let handle = open_regular(file)?;
    let metadata = handle.metadata()?;
    if metadata.mode() & WORLD_READABLE != 0 {
        return Err(SecretError::WorldReadable(metadata.mode() & 0o7777));
    }
    let mut secret = Vec::new();
    handle.take(MAX_SECRET.saturating_add(1)).read_to_end(&mut secret)?;
    match secret.len() {
        len if u64::try_from(len).map_or(true, |len| len > MAX_SECRET) => Err(SecretError::TooLong),
        len if len < MIN_SECRET => Err(SecretError::TooShort(len)),
        _ => Ok(secret),
    }
}

impl SecretError {
    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Read(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                "let the group of this process read it: chgrp GROUP FILE && chmod 0640 FILE"
            }
            Self::WorldReadable(_) => "chmod o= FILE, and make a new key if others may have read this one",
            Self::Read(_) | Self::TooShort(_) | Self::TooLong => {
                "make a key with: (umask 027; head -c 32 /dev/urandom > FILE)"
            }
        }
    }
}

/// Why a secret cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The file cannot be read.
    #[error("{0}")]
    Read(#[from] std::io::Error),
    /// Others may read the file; its permission bits.
    #[error("readable by everyone (mode {0:04o}); expected a mode such as 0640")]
    WorldReadable(u32),
    /// Fewer bytes than a key needs.
    #[error("{0} bytes long; expected at least {MIN_SECRET}")]
    TooShort(usize),
    /// More bytes than any key needs: probably the wrong file.
    #[error("longer than {MAX_SECRET} bytes; expected a key of {MIN_SECRET} or a few more")]
    TooLong,
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    /// What comes of reading a key file with this content and mode; the test's name makes the file its own.
    fn read(test: &str, secret: &[u8], mode: u32) -> Result<Key, SecretError> {
        let file = std::env::temp_dir().join(format!("provenance-key-{}-{test}", std::process::id()));
        fs::write(&file, secret).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        let key = Key::read("k1", &file, true);
        fs::remove_file(&file).unwrap();
        key
    }

    fn refusal(test: &str, secret: &[u8], mode: u32) -> String {
        read(test, secret, mode).unwrap_err().to_string()
    }

    #[test]
    fn takes_a_secret_of_32_bytes_that_others_cannot_read() {
        assert!(read("good", &[b'\n'; 32], 0o640).is_ok());
    }

    #[test]
    fn refuses_a_secret_that_everyone_can_read() {
        let told = refusal("readable", &[7; 32], 0o644);
        assert_eq!(told, "readable by everyone (mode 0644); expected a mode such as 0640");
    }

    #[test]
    fn refuses_a_secret_that_is_too_short_or_surely_no_key() {
        assert_eq!(refusal("short", &[7; 31], 0o600), "31 bytes long; expected at least 32");
        assert_eq!(
            refusal("long", &[7; 4097], 0o600),
            "longer than 4096 bytes; expected a key of 32 or a few more"
        );
    }
}
