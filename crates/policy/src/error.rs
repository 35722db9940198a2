//! What is wrong with a policy, where, and what to do about it.

use std::fmt;
use std::path::{Path, PathBuf};

use serde_saphyr::Location;

use crate::file::{PolicyFile, PolicyFiles};

/// One thing that is wrong with a policy file or with a file that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file in which the offending key stands.
    pub file: PathBuf,
    /// Line of the offending value, from 1; 0 where the file as a whole is meant.
    pub line: u64,
    /// Column of the offending value in characters, from 1; 0 where the line as a whole is meant.
    pub column: u64,
    /// Path of the key, such as `provenance.keys[1].file`; empty for the file as a whole.
    pub key: String,
    /// What was found and what was expected.
    pub message: String,
    /// What the reader could do about it.
    pub hint: Option<String>,
}

impl Problem {
    pub(crate) fn new(at: At<'_>, key: impl fmt::Display, message: impl fmt::Display) -> Self {
        Self {
            file: at.file.to_owned(),
            line: at.line,
            column: at.column,
            key: key.to_string(),
            message: message.to_string(),
            hint: None,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_place(f, &self.file, self.line, self.column)?;
        if !self.key.is_empty() {
            write!(f, ": {}", self.key)?;
        }
        write!(f, ": {}", self.message)?;
        if let Some(hint) = &self.hint {
            write!(f, "\n  hint: {hint}")?;
        }
        Ok(())
    }
}

fn write_place(f: &mut fmt::Formatter<'_>, file: &Path, line: u64, column: u64) -> fmt::Result {
    write!(f, "{}", file.display())?;
    if line > 0 {
        write!(f, ":{line}")?;
    }
    if column > 0 {
        write!(f, ":{column}")?;
    }
    Ok(())
}

/// A policy that could not be compiled: all that is wrong with it, in the order of the file's sections.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", lines(problems))]
pub struct PolicyError {
    problems: Vec<Problem>,
    files: PolicyFiles,
}

impl PolicyError {
    /// The problems, at least one.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The files that the policy is made of, as far as that is known: a change of one of them may mend it.
    #[must_use]
    pub fn files(&self) -> &[PolicyFile] {
        self.files.as_slice()
    }
}

fn lines(problems: &[Problem]) -> String {
    problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n")
}

/// The problems found so far; a section compiles on after one, so that a person sees all of them at once.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    list: Vec<Problem>,
    /// The files that were read so far, or could not be.
    pub(crate) files: PolicyFiles,
}

impl Problems {
    /// Notes a problem; the caller may add a hint to what is returned.
    pub(crate) fn add(
        &mut self,
        at: At<'_>,
        key: impl fmt::Display,
        message: impl fmt::Display,
    ) -> NoteHint<'_> {
        self.list.push(Problem::new(at, key, message));
        NoteHint::of(self.list.last_mut())
    }

    /// `value` if nothing is wrong, else everything that is.
    pub(crate) fn into_result<T>(self, value: Option<T>) -> Result<T, PolicyError> {
        match value {
            Some(value) if self.list.is_empty() => Ok(value),
            _ => Err(PolicyError { problems: self.list, files: self.files }),
        }
    }
}

/// The place of a problem.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At<'p> {
    file: &'p Path,
    line: u64,
    column: u64,
}

/// As a problem begins: `policy.yaml:3:7`.
impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_place(f, self.file, self.line, self.column)
    }
}

impl<'p> At<'p> {
    /// A value in `file`.
    pub(crate) fn value(file: &'p Path, location: Location) -> Self {
        Self { file, line: location.line(), column: location.column() }
    }

    /// A line of `file`, from 1.
    pub(crate) fn line(file: &'p Path, line: u64) -> Self {
        Self { file, line, column: 0 }
    }

    /// `file` as a whole.
    pub(crate) fn file(file: &'p Path) -> Self {
        Self { file, line: 0, column: 0 }
    }
}

/// A problem that has just been noted and may still get a hint.
pub(crate) struct NoteHint<'p>(Option<&'p mut Problem>);

impl<'p> NoteHint<'p> {
    pub(crate) fn of(problem: Option<&'p mut Problem>) -> Self {
        Self(problem)
    }

    /// Says what the reader could do.
    pub(crate) fn hint(self, hint: impl Into<String>) {
        if let Some(problem) = self.0 {
            problem.hint = Some(hint.into());
        }
    }

    /// Proposes the one of `candidates` that is nearest to `given`, if one is near.
    pub(crate) fn did_you_mean<'c>(self, given: &str, candidates: impl IntoIterator<Item = &'c str>) {
        if let Some(candidate) = nearest(given, candidates) {
            self.hint(format!("did you mean \"{candidate}\"?"));
        }
    }
}

/// The candidate that is nearest to `given`, if it is near enough to be a slip of the hand.
fn nearest<'c>(given: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    /// Similarity from which a word reads as a misspelling of another (Jaro-Winkler, 0 to 1).
    const NEAR: f64 = 0.8;
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(given, candidate), candidate))
        .filter(|(similarity, _)| *similarity >= NEAR)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}
