//! The report: what became of each object, for a person and for a program.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;

use super::account::{Account, Outcome};
use super::document::Problem;
use crate::untrusted::printable;

/// Most characters of a name or a sentence that a person is shown.
const MAX_SHOWN: usize = 1000;

/// What an import says of itself.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    /// The folder that was imported.
    pub(super) from: String,
    pub(super) at: String,
    pub(super) counts: Counts,
    pub(super) objects: Vec<Account>,
    /// What could not be read as an object.
    pub(super) problems: Vec<Unread>,
    /// Folders and files of requestctl that hold other things.
    pub(super) others: Vec<Other>,
}

/// How many objects are carried over.
#[derive(Debug, Serialize)]
pub(super) struct Counts {
    pub(super) whole: usize,
    pub(super) part: usize,
    pub(super) not: usize,
}

/// A file that is no object.
#[derive(Debug, Serialize)]
pub(super) struct Unread {
    file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    problem: String,
}

/// What is not imported whatever it holds.
#[derive(Debug, Serialize)]
pub(super) struct Other {
    name: String,
    why: &'static str,
}

impl Report {
    pub(super) fn new(
        from: String,
        at: String,
        objects: Vec<Account>,
        problems: Vec<Problem>,
        others: Vec<(String, &'static str)>,
    ) -> Self {
        let count = |outcome| objects.iter().filter(|object| object.outcome == outcome).count();
        let counts =
            Counts { whole: count(Outcome::Whole), part: count(Outcome::Part), not: count(Outcome::Not) };
        let unread = |Problem { file, line, message }| Unread { file, line, problem: message };
        let problems = problems.into_iter().map(unread).collect();
        let others = others.into_iter().map(|(name, why)| Other { name, why }).collect();
        Self { from, at, counts, objects, problems, others }
    }

    /// Whether an action is carried over, or a network.
    pub(super) fn has_carried(&self) -> bool {
        self.counts.whole.saturating_add(self.counts.part) > 0
    }

    /// For a person. What stands in the files is shown so that a terminal does not obey it.
    pub(super) fn tell(&self, out: &mut dyn Write) -> io::Result<()> {
        for outcome in [Outcome::Whole, Outcome::Part, Outcome::Not] {
            let of = || self.objects.iter().filter(|object| object.outcome == outcome);
            if of().next().is_none() {
                continue;
            }
            writeln!(out, "{}: {}", outcome.as_str(), of().count())?;
            for object in of() {
                let to = if object.to.is_empty() {
                    String::new()
                } else {
                    format!(" → {}", object.to.join(", "))
                };
                writeln!(out, "  {} {}{}", object.kind, shown(&object.name), shown(&to))?;
                for lost in &object.lost {
                    writeln!(out, "      {}", shown(lost))?;
                }
                if let Some(nearest) = &object.nearest {
                    writeln!(out, "      nearest: {}", shown(nearest))?;
                }
            }
        }
        for Unread { file, line, problem } in &self.problems {
            let line = line.map(|line| format!(":{line}")).unwrap_or_default();
            writeln!(out, "not read: {}{line}: {}", shown(file), shown(problem))?;
        }
        for Other { name, why } in &self.others {
            writeln!(out, "passed over: {}: {why}", shown(name))?;
        }
        let Counts { whole, part, not } = self.counts;
        let unread = self.problems.len();
        writeln!(out, "{whole} carried over, {part} in part, {not} not; {unread} not read")
    }
}

fn shown(text: &str) -> Cow<'_, str> {
    printable(text.as_bytes(), MAX_SHOWN)
}
