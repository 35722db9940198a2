//! A policy that is read anew while the agent serves: on SIGHUP, and when its files have changed.
//!
//! It is compiled first, on a thread where nobody waits, and then swapped for the one in force. Limits, tokens and counts stay.
//! What does not compile changes nothing: the policy in force stays, and the log says once what is wrong with the other.

mod load;
mod status;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::Receiver;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tracing::{debug, error, info, warn};

pub use load::{Load, load_policy};
pub use status::{Known, ReloadStatus, Results};

use policy::Policy;

use crate::error::Error;
use crate::in_force::InForce;
use crate::service::PolicyService;
use crate::stop::Stop;
use crate::systemd;
use crate::watch::{Contents, Seen};

/// How long after a policy that did not compile its files are read once more though they look the same: a file system that was
/// away for a moment says so by an error, and not by another time when it is back.
const RETRY: Duration = Duration::from_secs(60);

/// How long files may go on changing before they are read all the same: one that is written all the time must not keep another, which
/// may be what ends an outage, out of force.
const MAX_PENDING: Duration = Duration::from_secs(15);

/// Most problems of a policy that the log lists, one a line.
const MAX_PROBLEMS: usize = 20;

/// Reads the policy anew.
#[derive(Debug)]
pub struct Reloader {
    file: PathBuf,
    service: Arc<PolicyService>,
    status: Arc<ReloadStatus>,
    /// How the files looked when they were read last, whatever came of it.
    seen: Seen,
    /// How they look since they have changed; they are read once they have looked so twice.
    pending: Option<Pending>,
    /// Whether the log has been told that they do not come to rest.
    restless: bool,
    /// What the policy in force was read from, unless its files changed meanwhile.
    contents: Option<Contents>,
    /// What was wrong last, of which the log has been told.
    told: Option<String>,
    /// When the files were read last.
    attempted: Instant,
    /// Policies that were in force and may still be in use by a request.
    retired: Vec<Arc<InForce>>,
}

/// A change that was seen.
#[derive(Debug)]
struct Pending {
    /// How the files looked last.
    seen: Seen,
    /// Since when they look other than when they were read.
    since: Instant,
}

/// Why the policy is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    Hangup,
    Change,
}

impl Reloader {
    /// Goes on from the policy in force, which was read as `loaded` says.
    #[must_use]
    pub fn new(file: PathBuf, service: Arc<PolicyService>, status: Arc<ReloadStatus>, loaded: &Load) -> Self {
        Self {
            file,
            service,
            status,
            seen: loaded.seen.clone(),
            pending: None,
            restless: false,
            contents: loaded.certain.then_some(loaded.contents),
            told: None,
            attempted: Instant::now(),
            retired: Vec::new(),
        }
    }

    /// Reloads when `hangups` says so, and when files have changed, which is looked at in intervals of `watch`; until it is time to stop.
    pub async fn run(mut self, watch: Option<Duration>, mut hangups: Receiver<()>, mut stop: Stop) {
        /// How often retired policies are looked after where no file is.
        const SWEEP: Duration = Duration::from_secs(2);

        let every = watch.unwrap_or(SWEEP);
        let mut ticks = interval_at(Instant::now() + every, every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.requested() => return,
                Some(()) = hangups.recv() => self.reload(Cause::Hangup).await,
                _ = ticks.tick() => {
                    if watch.is_some() && self.has_settled_change().await {
                        self.reload(Cause::Change).await;
                    }
                    self.free_retired().await;
                }
            }
        }
    }

    /// Whether files look other than when they were read, and have looked so for one interval: what is half written is left alone,
    /// but not for longer than [`MAX_PENDING`].
    async fn has_settled_change(&mut self) -> bool {
        let seen = self.seen.clone();
        let Ok(now) = spawn_blocking(move || seen.look_again()).await else { return false };
        self.status.files_seen(&now);
        if now == self.seen {
            self.pending = None;
            self.restless = false;
            return self.told.is_some() && self.attempted.elapsed() >= RETRY;
        }
        let before = self.pending.take();
        let since = before.as_ref().map_or_else(Instant::now, |pending| pending.since);
        let settled = before.as_ref().is_some_and(|pending| pending.seen == now);
        let overdue = since.elapsed() >= MAX_PENDING;
        if settled {
            self.restless = false;
        } else if overdue && !self.restless {
            self.restless = true;
            let file =
                before.and_then(|pending| Some(now.differing(&pending.seen)?.path.display().to_string()));
            warn!(
                file,
                "files of the policy keep changing, and are read before they have settled: what writes them?"
            );
        }
        self.pending = Some(Pending { seen: now, since });
        settled || overdue
    }

    async fn reload(&mut self, cause: Cause) {
        systemd::reloading();
        let (file, before) = (self.file.clone(), self.seen.clone());
        match spawn_blocking(move || load::load(&file, &before)).await {
            Ok((policy, load)) => self.take(policy, load, cause),
            // A panic of the compiler is a defect, and no reason to lose the policy in force. The log has its place.
            Err(_) => {
                self.seen = self.pending.take().map_or_else(|| self.seen.clone(), |pending| pending.seen);
                self.failed(&Error::Defect, cause);
            }
        }
        self.pending = None;
        self.attempted = Instant::now();
        systemd::ready(&self.status.known().sentence());
    }

    fn take(&mut self, policy: Result<Policy, Error>, load: Load, cause: Cause) {
        self.seen = load.seen;
        self.status.files_seen(&self.seen);
        match policy {
            Ok(policy) => {
                let contents = load.certain.then_some(load.contents);
                let shadow = policy.is_shadow();
                // Where one of the two is not certain, nobody can say that they are the same.
                let changed = contents.is_none()
                    || self.contents != contents
                    || self.status.known().differs(&load.contents, shadow);
                self.status.succeeded(&policy, &load.contents, changed);
                self.retired.push(self.service.take_up(policy));
                self.contents = contents;
                let mended = self.told.take().is_some();
                let (policy, fingerprint) = (self.file.display(), load.contents.fingerprint());
                let took_ms = u64::try_from(load.took.as_millis()).unwrap_or(u64::MAX);
                if changed || mended || cause == Cause::Hangup {
                    info!(%policy, fingerprint, changed, shadow, took_ms, "policy reloaded");
                } else {
                    debug!(%policy, fingerprint, took_ms, "files of the policy were touched, their contents are the same");
                }
            }
            Err(error) => self.failed(&error, cause),
        }
    }

    fn failed(&mut self, error: &Error, cause: Cause) {
        self.status.failed();
        let why = error.to_string();
        if cause == Cause::Hangup || self.told.as_ref() != Some(&why) {
            self.tell(error);
        }
        self.told = Some(why);
    }

    /// One line for each problem, so that whatever reads the log line by line has them whole.
    fn tell(&self, error: &Error) {
        let policy = self.file.display();
        let Error::Policy(problems) = error else {
            error!(%policy, %error, "policy not reloaded, the one in force stays");
            return;
        };
        let problems = problems.problems();
        error!(%policy, problems = problems.len(), "policy not reloaded, the one in force stays");
        for problem in problems.iter().take(MAX_PROBLEMS) {
            let text = problem.to_string();
            error!(problem = text.lines().next(), hint = problem.hint, "in the policy");
        }
        if problems.len() > MAX_PROBLEMS {
            warn!("and more: provenancectl check lists all");
        }
    }

    /// Frees the policies that nobody uses any more. Whoever still does holds them, and none who comes later can.
    async fn free_retired(&mut self) {
        let unused: Vec<_> = self.retired.extract_if(.., |policy| Arc::strong_count(policy) == 1).collect();
        if !unused.is_empty() {
            let _ = spawn_blocking(move || drop(unused)).await;
        }
    }
}

#[cfg(test)]
mod tests;
