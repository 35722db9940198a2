//! Secrets that serve two purposes (NIST SP 800-57 part 1 section 5.2): a copy of a file is the same secret.

use std::path::PathBuf;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_saphyr::Spanned;
use sha2::Sha256;

use super::WarningKind::SharedSecret;
use super::checker::Checker;

/// What tells secrets apart without being one: HMAC-SHA256 of nothing, equal where every other HMAC is.
#[derive(PartialEq, Eq)]
struct CheckValue([u8; 32]);

impl CheckValue {
    fn of(mac: &Hmac<Sha256>) -> Self {
        Self(mac.clone().finalize().into_bytes().into())
    }
}

/// A secret, what it is for, and the key of the policy that names its file.
struct Secret<'c> {
    file: &'c Spanned<PathBuf>,
    key: String,
    purpose: &'static str,
    value: CheckValue,
}

impl<'c> Checker<'c> {
    pub(super) fn check_secrets(&mut self) {
        let mut earlier: Vec<Secret<'c>> = Vec::new();
        for secret in self.secrets() {
            let same = |other: &&Secret<'_>| other.purpose != secret.purpose && other.value == secret.value;
            if let Some(other) = earlier.iter().find(same) {
                let message = format!(
                    "the same secret as {}: who has it to {} can {} as well",
                    other.key, secret.purpose, other.purpose
                );
                let hint = "make one of its own: (umask 027; head -c 32 /dev/urandom > FILE)";
                self.warn(SharedSecret, secret.file, &secret.key, message).hint(hint);
            }
            earlier.push(secret);
        }
    }

    fn secrets(&self) -> Vec<Secret<'c>> {
        let mut secrets = Vec::new();
        if let Some((section, sessions)) = self.document.sessions.as_ref().zip(self.policy.sessions.as_ref())
        {
            secrets.extend(sessions.secrets().filter_map(|(id, secret)| {
                let (n, key) = section.keys.value.iter().enumerate().find(|(_, key)| key.id.value == id)?;
                let (file, value) =
                    (key.secret.as_ref()?, CheckValue::of(&Hmac::new_from_slice(secret).ok()?));
                Some(Secret {
                    file,
                    key: format!("sessions.keys[{n}].secret"),
                    purpose: "sign sessions",
                    value,
                })
            }));
            let value = CheckValue::of(sessions.subject_key().mac());
            let key = "sessions.subject_key".to_owned();
            secrets.push(Secret { file: &section.subject_key, key, purpose: "hash subjects", value });
        }
        if let Some((section, provenance)) = self.document.provenance.as_ref().zip(self.policy.provenance()) {
            secrets.extend(provenance.key_ring().iter().filter_map(|compiled| {
                let (n, key) =
                    section.keys.iter().enumerate().find(|(_, key)| key.id.value == *compiled.id)?;
                let value = CheckValue::of(&compiled.mac);
                Some(Secret {
                    file: &key.file,
                    key: format!("provenance.keys[{n}].file"),
                    purpose: "seal URLs",
                    value,
                })
            }));
        }
        secrets
    }
}
