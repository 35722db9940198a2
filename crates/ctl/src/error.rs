//! What keeps a command from its answer.

use std::io::{self, Write};
use std::path::PathBuf;

use anstyle::{AnsiColor, Style};
use policy::PolicyError;
use serde_json::json;

use crate::Exit;
use crate::untrusted::shown;

/// What keeps a command from its answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The policy is not valid.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// A file or a folder could not be read.
    #[error("cannot read {}: {source}", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file could not be written.
    #[error("cannot write {}: {source}", file.display())]
    WriteFile {
        /// The file.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The answer could not be written.
    #[error("cannot write the answer: {0}")]
    Write(#[from] io::Error),
    /// What the command line asks for cannot be done.
    #[error("{message}")]
    Usage {
        /// What is wrong with it.
        message: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// The answer is no.
    #[error("{message}")]
    No {
        /// Why.
        message: String,
        /// What to do about it.
        hint: Option<String>,
    },
}

impl Error {
    /// Something that the command line should not ask for.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::Usage { message: message.into(), hint: None }
    }

    /// The answer is no.
    pub(crate) fn no(message: impl Into<String>) -> Self {
        Self::No { message: message.into(), hint: None }
    }

    /// The same with what to do about it, where there is room for that.
    #[must_use]
    pub(crate) fn with_hint(self, hint: impl Into<String>) -> Self {
        match self {
            Self::Usage { message, .. } => Self::Usage { message, hint: Some(hint.into()) },
            Self::No { message, .. } => Self::No { message, hint: Some(hint.into()) },
            other => other,
        }
    }

    /// How the process ends.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            Self::Policy(_) | Self::No { .. } => Exit::No,
            Self::Usage { .. } => Exit::Usage,
            Self::Read { .. } | Self::WriteFile { .. } | Self::Write(_) => Exit::Unavailable,
        }
    }

    fn hint(&self) -> Option<&str> {
        match self {
            Self::Usage { hint, .. } | Self::No { hint, .. } => hint.as_deref(),
            _ => None,
        }
    }

    /// Tells a person, or with `json` a program.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn tell(&self, out: &mut dyn Write, json: bool) -> io::Result<()> {
        /// As compilers write it.
        const ERROR: Style = AnsiColor::Red.on_default().bold();
        if json {
            let error = json!({ "error": self.to_string(), "hint": self.hint() });
            return writeln!(out, "{error}");
        }
        for line in self.to_string().lines() {
            match line.starts_with("  hint: ") {
                true => writeln!(out, "{}", shown(line))?,
                false => writeln!(out, "{ERROR}error:{ERROR:#} {}", shown(line))?,
            }
        }
        match self.hint() {
            Some(hint) => writeln!(out, "  hint: {}", shown(hint)),
            None => Ok(()),
        }
    }
}
