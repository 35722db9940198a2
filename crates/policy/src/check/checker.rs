use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_saphyr::Spanned;

use super::{Warning, WarningKind};
use crate::classify::network::{NetworkKind, RangeFiles, RangeList};
use crate::classify::user_agent::ClassesFile;
use crate::compile::LoadedFiles;
use crate::document::PolicyDocument;
use crate::error::{At, NoteHint};
use crate::{Policy, Problem, Timestamp};

/// How long before its end something is told to end soon: the time of a notice, and of a sprint.
const SOON: Duration = Duration::from_hours(14 * 24);

/// Most entries of a list that are compared each with each: a longer one is a program's work, and would take its square in time.
pub(super) const MAX_COMPARED: usize = 1000;

/// A policy under the eyes of the checks, and what they have found.
pub(super) struct Checker<'c> {
    pub(super) document: &'c PolicyDocument,
    pub(super) classes: Option<&'c ClassesFile>,
    pub(super) policy: &'c Policy,
    pub(super) now: Timestamp,
    file: &'c Path,
    ranges: &'c RangeFiles,
    warnings: Vec<Warning>,
}

impl<'c> Checker<'c> {
    pub(super) fn new(file: &'c Path, files: &'c LoadedFiles, policy: &'c Policy, now: Timestamp) -> Self {
        let LoadedFiles { document, classes, ranges } = files;
        Self { document, classes: classes.as_ref(), policy, now, file, ranges, warnings: Vec::new() }
    }

    /// Asks all checks.
    pub(super) fn run(mut self) -> Vec<Warning> {
        self.check_files();
        self.check_secrets();
        self.check_networks();
        self.check_crawlers();
        self.check_cookie_passes();
        self.check_images();
        self.check_classes();
        self.check_patterns();
        self.check_stages();
        self.check_exemptions();
        self.check_limits();
        self.check_sitemaps();
        self.check_paths();
        let Self { mut warnings, file, .. } = self;
        warnings.sort_by(|Warning { problem: one, .. }, Warning { problem: other, .. }| {
            let is_named = |problem: &Problem| problem.file != file;
            is_named(one)
                .cmp(&is_named(other))
                .then_with(|| one.file.cmp(&other.file))
                .then_with(|| (one.line, one.column).cmp(&(other.line, other.column)))
        });
        warnings
    }

    /// Warns of a value of the policy file.
    pub(super) fn warn<T>(
        &mut self,
        kind: WarningKind,
        value: &Spanned<T>,
        key: impl fmt::Display,
        message: impl fmt::Display,
    ) -> NoteHint<'_> {
        let at = At::value(self.file, value.referenced);
        self.warn_at(kind, at, key, message)
    }

    /// Warns of a place in any file.
    pub(super) fn warn_at(
        &mut self,
        kind: WarningKind,
        at: At<'_>,
        key: impl fmt::Display,
        message: impl fmt::Display,
    ) -> NoteHint<'_> {
        self.warnings.push(Warning { kind, problem: Problem::new(at, key, message) });
        NoteHint::of(self.warnings.last_mut().map(|warning| &mut warning.problem))
    }

    /// The policy file.
    pub(super) fn file(&self) -> &'c Path {
        self.file
    }

    /// The path of a file that the policy names.
    pub(super) fn relative(&self, file: &Path) -> PathBuf {
        self.file.parent().unwrap_or(Path::new("")).join(file)
    }

    /// What a range file that the policy names lists.
    pub(super) fn ranges(&self, file: Option<&Spanned<PathBuf>>) -> Option<&'c RangeList> {
        self.ranges.get(&self.relative(&file?.value))
    }

    /// Whether something that ends at `time` ends soon.
    pub(super) fn is_soon(&self, time: Timestamp) -> bool {
        time <= self.now.plus(SOON)
    }

    /// Whether the policy has a network of one of these kinds.
    pub(super) fn has_network(&self, kinds: &[NetworkKind]) -> bool {
        self.policy.networks.iter().any(|network| kinds.contains(&network.kind))
    }

    /// Whether the policy has a stage for any class.
    pub(super) fn has_stages(&self) -> bool {
        self.document.user_agents.stages.0.iter().any(|(_, stages)| !stages.is_empty())
    }
}
