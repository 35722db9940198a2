//! What was read: policies and logs.

use std::fs;
use std::path::Path;

use policy::Timestamp;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::shown_time;
use crate::Error;
use crate::replay::engine::{Log, Unparsed};
use crate::replay::untrusted::shown;

/// A policy.
#[derive(Clone, Debug, Serialize)]
pub struct PolicyInfo {
    /// Its file.
    pub file: String,
    /// SHA-256 of that file; those that it names are not part of it.
    pub sha256: String,
    /// When it was written last.
    #[serde(serialize_with = "shown_time")]
    pub modified: Option<Timestamp>,
}

/// A log.
#[derive(Clone, Debug, Serialize)]
pub struct LogInfo {
    /// Its file.
    pub file: String,
    /// Its format.
    pub format: Option<String>,
    /// Lines read.
    pub lines: u64,
    /// Lines that were judged.
    pub judged: u64,
    /// Lines of connections without a request.
    pub no_request: u64,
    /// Lines that could not be read.
    pub unparsed: u64,
    /// Why it was not read to its end.
    pub incomplete: Option<String>,
}

/// A line that could not be read.
#[derive(Clone, Debug, Serialize)]
pub struct UnparsedInfo {
    /// Its log.
    pub file: String,
    /// Its number, from 1.
    pub line: u64,
    /// Why.
    pub reason: &'static str,
    /// Its beginning, without what may be secret.
    pub text: String,
}

impl PolicyInfo {
    pub(super) fn of(file: &Path) -> Result<Self, Error> {
        let bytes = fs::read(file).map_err(|source| Error::Read { file: file.to_owned(), source })?;
        let digest = Sha256::digest(bytes);
        let modified = fs::metadata(file).and_then(|metadata| metadata.modified()).ok();
        Ok(Self {
            file: shown_path(file),
            sha256: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
            modified: modified.map(|time| Timestamp::from_seconds(Timestamp::from(time).seconds())),
        })
    }
}

impl LogInfo {
    pub(super) fn of(log: &Log) -> Self {
        let ends_early = "it ends early: still being written, or a copy that was cut off";
        Self {
            file: shown_path(&log.source.file),
            format: log.format.as_ref().map(|format| shown(format.to_string().as_bytes())),
            lines: log.lines,
            judged: log.judged,
            no_request: log.no_request,
            unparsed: log.unparsed,
            incomplete: log.incomplete.as_ref().map(|error| match error.kind() {
                std::io::ErrorKind::UnexpectedEof => ends_early.to_owned(),
                _ => error.to_string(),
            }),
        }
    }
}

impl UnparsedInfo {
    /// A line of one of these logs.
    pub(super) fn of(line: &Unparsed, logs: &[Log]) -> Self {
        let file = logs.get(line.log).map(|log| shown_path(&log.source.file)).unwrap_or_default();
        Self { file, line: line.line, reason: line.reason, text: line.text.clone() }
    }
}

fn shown_path(path: &Path) -> String {
    if path == Path::new("-") {
        "standard input".to_owned()
    } else {
        shown(path.as_os_str().as_encoded_bytes())
    }
}
