//! What answers a NOTIFY: a policy and its rate limits.

use std::sync::Arc;
use std::thread;
use std::time::Instant;

use limits::Table;
use policy::session::SessionCache;
use policy::{Memory, Policy, Timestamp};
use spop::{AckEncoder, Notify};
use tracing::warn;

use crate::decision_log::DecisionLog;
use crate::in_force::{InForce, PolicyInForce};
use crate::tally::{Shard, Tally};
use crate::throttle::Throttle;
use crate::{answer, check_request};

/// Answers NOTIFY frames, many at a time from several threads.
pub trait Service: Send + Sync + 'static {
    /// Adds to `ack` what is to be said of `notify`, which arrived at `now`. The ACK is sent whatever is in it.
    fn answer(&self, notify: &Notify<'_>, now: Timestamp, ack: &mut AckEncoder<'_>);
}

impl<S: Service> Service for Arc<S> {
    fn answer(&self, notify: &Notify<'_>, now: Timestamp, ack: &mut AckEncoder<'_>) {
        S::answer(self, notify, now, ack);
    }
}

/// Answers by a policy. Limits, tokens and counts outlive it when another one takes its place.
#[derive(Debug)]
pub struct PolicyService {
    policy: PolicyInForce,
    limits: Table,
    sessions: SessionCache,
    tally: Tally,
    log: DecisionLog,
}

impl PolicyService {
    /// Answers by `policy`, whose limits are counted in `limits` and whose verified tokens are kept in `sessions`; no decision is
    /// logged.
    #[must_use]
    pub fn new(policy: Policy, limits: Table, sessions: SessionCache) -> Self {
        let tally = Tally::default();
        let policy = PolicyInForce::new(policy, &tally);
        Self { policy, limits, sessions, tally, log: DecisionLog::new(0) }
    }

    /// The same with a log of refused and shadow decisions.
    #[must_use]
    pub fn logging(self, log: DecisionLog) -> Self {
        Self { log, ..self }
    }

    /// The policy in force.
    #[must_use]
    pub fn policy(&self) -> &PolicyInForce {
        &self.policy
    }

    /// How many verdicts of each kind there were.
    #[must_use]
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// The table of rate limits.
    #[must_use]
    pub fn limits(&self) -> &Table {
        &self.limits
    }

    /// Puts another policy into force; the one before is returned to be freed where nobody waits.
    pub fn take_up(&self, policy: Policy) -> Arc<InForce> {
        self.policy.replace(policy, &self.tally)
    }

    fn decide(&self, notify: &Notify<'_>, now: Timestamp, ack: &mut AckEncoder<'_>, shard: &Shard) {
        static NO_VERDICT: Throttle = Throttle::new();

        let in_force = self.policy.get();
        let policy = &in_force.policy;
        match check_request::read(notify, policy.headers()) {
            Ok(request) => {
                let memory = Memory { limits: &self.limits, sessions: &self.sessions };
                let verdict = policy.decide(&request, memory, now);
                shard.count(&verdict, &in_force.places);
                let answer = policy.answer(&verdict, &request);
                answer::write(&verdict, answer.as_ref(), ack);
                self.log.take(&verdict, &request, now, shard, &self.tally);
            }
            // Without variables HAProxy falls back to its own limit: what cannot be read is not allowed, and no rule is
            // blamed for what it has not seen.
            Err(error) => {
                shard.count_undecided(&error);
                if let Some(suppressed) = NO_VERDICT.admit(Instant::now()) {
                    warn!(%error, %suppressed, "NOTIFY without a verdict: check the spoe-message in HAProxy's configuration");
                }
            }
        }
    }
}

impl Service for PolicyService {
    fn answer(&self, notify: &Notify<'_>, now: Timestamp, ack: &mut AckEncoder<'_>) {
        let shard = self.tally.shard();
        let _panics = CountPanic(shard);
        let begun = shard.frame().then(Instant::now);
        self.decide(notify, now, ack, shard);
        if let Some(begun) = begun {
            shard.observe(begun.elapsed());
        }
    }
}

/// Counts a panic on its way to whoever catches it.
struct CountPanic<'a>(&'a Shard);

impl Drop for CountPanic<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.count_panic();
        }
    }
}
