use std::path::Path;

use serde::de::IgnoredAny;

use super::KeyError;
use crate::seal::read_secret;

/// Reads the secret of HS256, byte for byte. A file that holds a key in PEM or a JWK is refused: a public key that serves as
/// a secret lets everybody sign (RFC 8725 section 2.1), and the text of a private one is not the secret that is meant.
pub(super) fn read(file: &Path) -> Result<Vec<u8>, KeyError> {
    let secret = read_secret(file)?;
    let is_pem = memchr::memmem::find(&secret, b"-----BEGIN").is_some();
    let is_json =
        secret.trim_ascii_start().starts_with(b"{") && serde_json::from_slice::<IgnoredAny>(&secret).is_ok();
    if is_pem || is_json { Err(KeyError::SecretIsKeyFile) } else { Ok(secret) }
}
