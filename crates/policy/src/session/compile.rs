use std::time::Duration;

use serde_saphyr::Spanned;

use super::claims::{ClaimNames, REGISTERED};
use super::fingerprint::{Fingerprint, FingerprintHasher};
use super::key::{Key, KeyError, KeyRing, Origin};
use super::places::Places;
use super::subject::SubjectKey;
use super::{Sessions, algorithm::Algorithm};
use crate::FileKind;
use crate::compile::Compiler;
use crate::document::{OneOrMany, SessionKeyDocument, SessionsDocument};
use crate::seal::read_secret;

/// Most keys, classes, cookies, issuers, audiences and expiry claims each.
const MAX_ENTRIES: usize = 64;
/// Most characters of a key's id.
const MAX_KEY_ID: usize = 128;
/// Beyond this, two clocks do not differ: one is wrong.
const MAX_LEEWAY: Duration = Duration::from_mins(5);
/// Claims that hold the expiry where the policy does not say.
const DEFAULT_EXPIRY: [&str; 2] = ["exp", "sxp"];

impl Sessions {
    pub(crate) fn compile(section: &SessionsDocument, compiler: &mut Compiler<'_>) -> Option<Self> {
        let places = compile_places(section, compiler);
        let keys = compile_keys(section, compiler);
        let issuers = compile_texts(section.issuer.as_ref(), "sessions.issuer", compiler);
        let audiences = compile_texts(section.audience.as_ref(), "sessions.audience", compiler);
        let names = compile_claim_names(section, compiler);
        let leeway =
            section.leeway.as_ref().map_or(Some(Duration::ZERO), |leeway| compile_leeway(leeway, compiler));
        let rate_classes = compile_rate_classes(section, compiler);
        let subject_key = compile_subject_key(section, compiler);
        let (leeway, subject_key) = (leeway?, subject_key?);
        let mut sessions = Self {
            places,
            keys,
            names,
            issuers,
            audiences,
            leeway,
            rate_classes,
            subject_key,
            fingerprint: FingerprintHasher::new().finish(),
        };
        sessions.fingerprint = sessions.fingerprint();
        Some(sessions)
    }

    /// Of everything that a finding depends on.
    fn fingerprint(&self) -> Fingerprint {
        let mut hasher = FingerprintHasher::new();
        self.keys.describe(&mut hasher);
        hasher.list(&self.issuers).list(&self.audiences).list(&self.names.expiry).list(&self.rate_classes);
        hasher.list(self.names.rate_class.as_slice());
        hasher.part(&self.leeway.as_secs().to_le_bytes());
        hasher.part(&self.subject_key.check_value().map_or([0; 8], |value| value.bytes()));
        hasher.finish()
    }
}

fn at_most<T>(values: &[Spanned<T>], key: &str, compiler: &mut Compiler<'_>) {
    if let Some(value) = values.get(MAX_ENTRIES) {
        compiler.note(value, key, format!("more than {MAX_ENTRIES} entries"));
    }
}

fn compile_places(section: &SessionsDocument, compiler: &mut Compiler<'_>) -> Places {
    at_most(&section.cookies, "sessions.cookies", compiler);
    compiler.unique("sessions.cookies", section.cookies.iter());
    for (n, name) in section.cookies.iter().enumerate().filter(|(_, name)| !is_cookie_name(&name.value)) {
        compiler.note(
            name,
            format!("sessions.cookies[{n}]"),
            format!("\"{}\" is not the name of a cookie", name.value),
        );
    }
    if let Some(name) = section.query_parameter.as_ref().filter(|name| name.value.is_empty()) {
        compiler.note(name, "sessions.query_parameter", "the name of a parameter cannot be empty");
    }
    if !section.bearer && section.cookies.is_empty() && section.query_parameter.is_none() {
        compiler
            .note(&section.keys, "sessions", "no place to look for a token")
            .hint("name a cookie, or set bearer: true");
    }
    Places {
        bearer: section.bearer,
        cookies: section.cookies.iter().map(|name| name.value.as_str().into()).collect(),
        parameter: section.query_parameter.as_ref().map(|name| name.value.as_str().into()),
    }
}

/// A token of RFC 9110 section 5.6.2, as RFC 6265 section 4.1.1 has it.
fn is_cookie_name(name: &str) -> bool {
    let is_tchar = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(is_tchar)
}

fn compile_keys(section: &SessionsDocument, compiler: &mut Compiler<'_>) -> KeyRing {
    let keys = &section.keys.value;
    compiler.unique("sessions.keys", keys.iter().map(|key| &key.id));
    if keys.is_empty() {
        compiler.note(&section.keys, "sessions.keys", "no key: no token could be verified");
    }
    if let Some(key) = keys.get(MAX_ENTRIES) {
        compiler.note(&key.id, "sessions.keys", format!("more than {MAX_ENTRIES} keys"));
    }
    KeyRing::new(keys.iter().enumerate().filter_map(|(n, key)| compile_key(n, key, compiler)).collect())
}

fn compile_key(n: usize, key: &SessionKeyDocument, compiler: &mut Compiler<'_>) -> Option<Key> {
    let id = &key.id.value;
    if !(1..=MAX_KEY_ID).contains(&id.len()) || !id.bytes().all(|byte| byte.is_ascii_graphic()) {
        let message =
            format!("\"{id}\" is not the id of a key; expected 1 to {MAX_KEY_ID} printable ASCII characters");
        compiler.note(&key.id, format!("sessions.keys[{n}].id"), message);
    }
    let origins = [
        ("pem", Origin::Pem, &key.pem),
        ("jwks", Origin::Jwks, &key.jwks),
        ("secret", Origin::Secret, &key.secret),
    ];
    let mut given = origins.iter().filter_map(|(name, origin, file)| Some((name, *origin, file.as_ref()?)));
    let (Some((name, origin, given_file)), None) = (given.next(), given.next()) else {
        compiler.note(&key.id, format!("sessions.keys[{n}]"), "expected one of pem, jwks and secret");
        return None;
    };
    let file = compiler.named_file(&given_file.value, FileKind::Key);
    match Key::read(id, Algorithm::from(key.algorithm), origin, &file) {
        Ok(key) => Some(key),
        Err(why) => {
            let message = match why {
                KeyError::Read(_) | KeyError::Origin { .. } => why.to_string(),
                _ => format!("cannot use the key file {}: {why}", file.display()),
            };
            let note = compiler.note(given_file, format!("sessions.keys[{n}].{name}"), message);
            if let Some(remedy) = why.remedy() {
                note.hint(remedy);
            }
            None
        }
    }
}

fn compile_texts(
    texts: Option<&Spanned<OneOrMany>>,
    key: &str,
    compiler: &mut Compiler<'_>,
) -> Box<[Box<str>]> {
    let Some(texts) = texts else { return Box::default() };
    let values = &texts.value.0;
    if values.len() > MAX_ENTRIES {
        compiler.note(texts, key, format!("more than {MAX_ENTRIES} entries"));
    }
    if values.iter().any(String::is_empty) {
        compiler
            .note(texts, key, "an empty text, which no token should hold")
            .hint("leave the key out to allow any");
    }
    values.iter().map(|text| text.as_str().into()).collect()
}

fn compile_claim_names(section: &SessionsDocument, compiler: &mut Compiler<'_>) -> ClaimNames {
    let given = section.expiry.as_deref().unwrap_or_default();
    at_most(given, "sessions.expiry", compiler);
    if section.expiry.is_some() && given.is_empty() {
        compiler
            .note(&section.keys, "sessions.expiry", "no claim: a token has to expire")
            .hint("leave the key out for exp, or sxp where there is none");
    }
    compiler.unique("sessions", given.iter().chain(&section.rate_class));
    for name in given.iter().chain(&section.rate_class) {
        if name.value.is_empty() {
            compiler.note(name, "sessions", "the name of a claim cannot be empty");
        } else if REGISTERED.contains(&name.value.as_str()) {
            let message = format!("\"{}\" has a meaning of its own; expected another claim", name.value);
            compiler.note(name, "sessions", message);
        }
    }
    let expiry = match &section.expiry {
        None => DEFAULT_EXPIRY.map(Box::from).into(),
        Some(names) => names.iter().map(|name| name.value.as_str().into()).collect(),
    };
    ClaimNames { expiry, rate_class: section.rate_class.as_ref().map(|name| name.value.as_str().into()) }
}

fn compile_leeway(leeway: &Spanned<String>, compiler: &mut Compiler<'_>) -> Option<Duration> {
    if leeway.value == "0s" {
        return Some(Duration::ZERO);
    }
    let duration = compiler.duration(leeway, "sessions.leeway")?;
    if duration > MAX_LEEWAY {
        let message = format!("\"{}\" is longer than {} s", leeway.value, MAX_LEEWAY.as_secs());
        compiler.note(leeway, "sessions.leeway", message).hint("set the clocks of both machines by NTP");
    }
    Some(duration)
}

fn compile_rate_classes(section: &SessionsDocument, compiler: &mut Compiler<'_>) -> Box<[Box<str>]> {
    let classes = &section.rate_classes;
    at_most(classes, "sessions.rate_classes", compiler);
    compiler.unique("sessions.rate_classes", classes.iter());
    if let (Some(class), None) = (classes.first(), &section.rate_class) {
        compiler.note(class, "sessions.rate_classes", "no claim names a class").hint("set rate_class");
    }
    (classes.iter().enumerate())
        .map(|(n, class)| compiler.name(class, format!("sessions.rate_classes[{n}]")))
        .collect()
}

fn compile_subject_key(section: &SessionsDocument, compiler: &mut Compiler<'_>) -> Option<SubjectKey> {
    let file = compiler.named_file(&section.subject_key.value, FileKind::Key);
    match read_secret(&file) {
        Ok(secret) => SubjectKey::new(&secret),
        Err(why) => {
            let message = format!("cannot use the key file {}: {why}", file.display());
            compiler.note(&section.subject_key, "sessions.subject_key", message).hint(why.remedy());
            None
        }
    }
}

#[cfg(test)]
mod tests;
