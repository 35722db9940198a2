use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

#[cfg(test)]
use policy::PolicyFile;
use policy::{FileKind, Policy, Timestamp};

use super::Load;
use crate::watch::{Contents, Seen};

/// Most files of a policy whose age is told.
const MAX_FILES: usize = 256;

/// What is known of the policy in force and of the attempts to replace it: for metrics, pages and the service manager.
#[derive(Debug)]
pub struct ReloadStatus(Mutex<Known>);

/// What is known at one time.
#[derive(Clone, Debug)]
pub struct Known {
    /// How many attempts had which result.
    pub results: Results,
    /// When the policy in force was read, by the clock of the machine.
    pub loaded: SystemTime,
    loaded_at: Instant,
    /// Tells it from other policies; see [`Contents::fingerprint`].
    pub fingerprint: String,
    /// Whether the whole policy in force is in shadow, so that nobody is refused.
    pub shadow: bool,
    /// When the policy was read last, whatever came of it.
    pub attempted: SystemTime,
    /// Since when the files hold something else than the policy in force, because it does not compile.
    failing_since: Option<Instant>,
    /// Path and kind of the files that are there, and when they were written, in seconds since the Unix epoch.
    pub modified: Vec<(String, FileKind, i64)>,
    /// Range files that say when they were made.
    pub created: Vec<(String, Timestamp)>,
}

/// How many attempts to replace the policy had which result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Results {
    /// Another policy was put into force.
    pub success: u64,
    /// The policy in force was read anew: its files were touched, and hold what they held.
    pub unchanged: u64,
    /// It did not compile.
    pub failure: u64,
}

impl ReloadStatus {
    /// Of a policy that was just put into force at the start.
    #[must_use]
    pub fn of(policy: &Policy, load: &Load) -> Self {
        let now = SystemTime::now();
        let status = Self(Mutex::new(Known {
            results: Results::default(),
            loaded: now,
            loaded_at: Instant::now(),
            fingerprint: load.contents.fingerprint(),
            shadow: policy.is_shadow(),
            attempted: now,
            failing_since: None,
            modified: Vec::new(),
            created: created(policy),
        }));
        status.files_seen(&load.seen);
        status
    }

    /// What is known now.
    #[must_use]
    pub fn known(&self) -> Known {
        self.lock().clone()
    }

    /// A policy was put into force.
    pub(super) fn succeeded(&self, policy: &Policy, contents: &Contents, changed: bool) {
        let mut known = self.lock();
        let counter = if changed { &mut known.results.success } else { &mut known.results.unchanged };
        *counter = counter.saturating_add(1);
        known.attempted = SystemTime::now();
        // What was touched and holds what it held is as old as before.
        if changed {
            (known.loaded, known.loaded_at) = (known.attempted, Instant::now());
        }
        known.failing_since = None;
        known.fingerprint = contents.fingerprint();
        known.shadow = policy.is_shadow();
        known.created = created(policy);
    }

    /// A policy did not compile.
    pub(super) fn failed(&self) {
        let mut known = self.lock();
        known.results.failure = known.results.failure.saturating_add(1);
        known.attempted = SystemTime::now();
        known.failing_since.get_or_insert_with(Instant::now);
    }

    pub(super) fn files_seen(&self, seen: &Seen) {
        let modified = seen.modified().map(|(file, time)| (file.path.display().to_string(), file.kind, time));
        self.lock().modified = bounded(modified);
    }

    /// Takes every place for a file.
    #[cfg(test)]
    pub(crate) fn fill(&self) {
        let files =
            (0..MAX_FILES * 2).map(|n| PolicyFile { path: format!("/{n}").into(), kind: FileKind::Ranges });
        let mut known = self.lock();
        known.modified = bounded(files.clone().map(|file| (file.path.display().to_string(), file.kind, 1)));
        known.created =
            bounded(files.map(|file| (file.path.display().to_string(), Timestamp::from_seconds(1))));
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// How long the policy in force has been in force.
    #[must_use]
    pub fn age(&self) -> Duration {
        self.loaded_at.elapsed()
    }

    /// For how long the files have held a policy that does not compile.
    #[must_use]
    pub fn failing_for(&self) -> Option<Duration> {
        self.failing_since.map(|since| since.elapsed())
    }

    /// Whether another policy than these contents, in shadow or not, is shown as the one in force.
    pub(super) fn differs(&self, contents: &Contents, shadow: bool) -> bool {
        self.fingerprint != contents.fingerprint() || self.shadow != shadow
    }

    /// One sentence for the service manager.
    #[must_use]
    pub fn sentence(&self) -> String {
        let state =
            if self.failing_since.is_some() { ", but its files hold one that does not compile" } else { "" };
        format!("policy {} in force{state}", self.fingerprint)
    }
}

/// The times of creation of a policy's range files, each file once.
fn created(policy: &Policy) -> Vec<(String, Timestamp)> {
    let files = policy.networks().files().iter().chain(policy.crawlers().files());
    let created = files.filter_map(|file| Some((file.path.display().to_string(), file.created?)));
    // A file that several sections name is one.
    bounded(created.collect::<BTreeMap<_, _>>().into_iter())
}

fn bounded<T>(files: impl Iterator<Item = T>) -> Vec<T> {
    files.take(MAX_FILES).collect()
}
