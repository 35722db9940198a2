use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde_saphyr::{Error, Location};

use super::table::name_keys;
use crate::error::{At, Problems};

/// Longest policy, class or range file that is read, in bytes.
const MAX_FILE: u64 = 32 * 1024 * 1024;

/// Reads `file` as a document, or notes what is wrong with it.
pub(crate) fn read_document<T: DeserializeOwned>(file: &Path, problems: &mut Problems) -> Option<T> {
    let bytes = match read_bytes(file) {
        Ok(bytes) => bytes,
        Err(why) => {
            problems.add(At::file(file), "", why);
            return None;
        }
    };
    let text = match str::from_utf8(&bytes) {
        Ok(text) => text,
        Err(error) => {
            problems.add(At::file(file), "", format!("not UTF-8 from byte {} on", error.valid_up_to()));
            return None;
        }
    };
    parse_document(file, text, problems)
}

/// Reads a whole regular file of bounded size; the error is a sentence for a [`crate::Problem`].
pub(crate) fn read_bytes(file: &Path) -> Result<Vec<u8>, String> {
    let cannot = |error: std::io::Error| format!("cannot read {}: {error}", file.display());
    let mut bytes = Vec::new();
    let handle = open_regular(file).map_err(cannot)?;
    handle.take(MAX_FILE.saturating_add(1)).read_to_end(&mut bytes).map_err(cannot)?;
    if u64::try_from(bytes.len()).map_or(true, |len| len > MAX_FILE) {
        return Err(format!("cannot read {}: longer than {MAX_FILE} bytes", file.display()));
    }
    Ok(bytes)
}

/// Opens a regular file. Any other is refused before it is opened: that would wait for the writer of a FIFO.
pub(crate) fn open_regular(file: &Path) -> std::io::Result<File> {
    if std::fs::metadata(file)?.is_file() {
        File::open(file)
    } else {
        Err(std::io::Error::new(std::io::ErrorKind::InvalidInput, "not a regular file"))
    }
}

fn parse_document<T: DeserializeOwned>(file: &Path, text: &str, problems: &mut Problems) -> Option<T> {
    let mut key = String::new();
    let parsed = serde_saphyr::with_deserializer_from_str(text, |deserializer| {
        serde_path_to_error::deserialize(deserializer).map_err(|error| {
            key = key_path(&error.path().to_string());
            error.into_inner()
        })
    });
    match parsed {
        Ok(document) => Some(document),
        Err(error) => {
            note(file, text, &key, &error, problems);
            None
        }
    }
}

/// The path without what only the deserializer knows: the `value` of a [`serde_saphyr::Spanned`], a lone `.` or `?`.
fn key_path(path: &str) -> String {
    match path {
        "." | "?" => String::new(),
        _ => name_keys(path.strip_suffix(".value").unwrap_or(path))
            .replace(".value.", ".")
            .replace(".value[", "["),
    }
}

fn note(file: &Path, text: &str, key: &str, error: &Error, problems: &mut Problems) {
    let location = error.location().unwrap_or(Location::UNKNOWN);
    let at = At::value(file, location);
    match error.without_snippet() {
        Error::SerdeUnknownField { field, expected, .. } => {
            let message = format!("unknown key \"{field}\"; expected one of {}", expected.join(", "));
            problems.add(at, key, message).did_you_mean(field, expected.iter().copied());
        }
        Error::SerdeUnknownVariant { variant, expected, .. } => {
            let message = format!("unknown value \"{variant}\"; expected one of {}", expected.join(", "));
            problems.add(at, key, message).did_you_mean(variant, expected.iter().copied());
        }
        Error::SerdeMissingField { field, .. } => {
            problems.add(at, key, format!("the key \"{field}\" is missing"));
        }
        Error::DuplicateMappingKey { key: Some(given), .. } => {
            problems.add(at, key.trim_end_matches(".?"), format!("the key \"{given}\" is given twice"));
        }
        other => {
            let message = other.to_string();
            let message = match message.split(" at line ").next().unwrap_or(&message) {
                number if number.starts_with("invalid u") => "expected a whole number that is not negative",
                other => other,
            };
            problems.add(at, key, format!("{message}{}", found(text, location)));
        }
    }
}

/// The text at a location, quoted, so that the reader sees which value is meant.
fn found(text: &str, location: Location) -> String {
    /// Characters of the value that are shown.
    const SHOWN: usize = 60;
    let at = |n: u64| usize::try_from(n.saturating_sub(1)).unwrap_or(usize::MAX);
    let Some(line) = text.lines().nth(at(location.line())) else { return String::new() };
    let value: String = line.chars().skip(at(location.column())).take(SHOWN).collect();
    if value.is_empty() { String::new() } else { format!(", found: {}", value.trim_end()) }
}
