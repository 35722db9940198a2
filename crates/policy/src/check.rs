//! What a policy that compiles hardly means: warnings for the person who wrote it (`docs/checking.md`).
//!
//! Each is proved from the policy itself, the files that it names, and the time: a false warning costs more trust than a missing one.
//! What depends on the requests that will come is not told. Nothing here is asked while requests are judged.
//!
//! The parts, in the order of the sections of a policy:

mod checker;
mod kind;

mod files;
mod secrets;

mod networks;
mod prefixes;

mod crawlers;

mod cookie_passes;

mod image_rules;

mod classes;
mod patterns;

mod browsers;

mod stages;

mod exemptions;

mod limits;

mod paths;

mod sitemaps;

use std::path::Path;

pub use kind::WarningKind;

use crate::{Policy, PolicyError, Problem, Timestamp};
use checker::Checker;

/// What [`check`] has to say of a policy.
#[derive(Debug)]
pub struct Checked {
    /// The policy, or all that is wrong with it.
    pub policy: Result<Policy, PolicyError>,
    /// What is odd about a policy that compiles: its own lines in their order, then those of the files that it names. Empty for one
    /// that does not compile, whose meaning is not known.
    pub warnings: Vec<Warning>,
}

/// Something that a policy says and hardly means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// What it is about; its name is what a person looks up.
    pub kind: WarningKind,
    /// Where it is, what it means, and what to do.
    pub problem: Problem,
}

/// Reads and compiles a policy once, as [`Policy::load`] does, and looks for what it hardly means at the time `now`.
///
/// Besides the files that the policy names it reads the permission bits of those and of their folders. Takes time in proportion to
/// the prefixes and patterns, and little more.
#[must_use]
pub fn check(file: &Path, now: Timestamp) -> Checked {
    let (policy, files) = Policy::load_with_files(file);
    let warnings = match (&policy, &files) {
        (Ok(policy), Some(files)) => Checker::new(file, files, policy, now).run(),
        _ => Vec::new(),
    };
    Checked { policy, warnings }
}
