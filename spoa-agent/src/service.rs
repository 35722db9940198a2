//! What answers a NOTIFY: a policy and its rate limits.

use std::sync::Arc;
use std::time::Instant;

use limits::Table;
use policy::session::SessionCache;
use policy::{Memory, Policy, Timestamp};
use spop::{AckEncoder, Notify};
use tracing::warn;

use crate::tally::Tally;
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

/// Answers by a policy.
#[derive(Debug)]
pub struct PolicyService {
    policy: Policy,
    limits: Table,
    sessions: SessionCache,
    tally: Tally,
}

impl PolicyService {
    /// Answers by `policy`, whose limits are counted in `limits` and whose verified tokens are kept in `sessions`.
    #[must_use]
    pub fn new(policy: Policy, limits: Table, sessions: SessionCache) -> Self {
        Self { policy, limits, sessions, tally: Tally::default() }
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
}

impl Service for PolicyService {
    fn answer(&self, notify: &Notify<'_>, now: Timestamp, ack: &mut AckEncoder<'_>) {
        static NO_VERDICT: Throttle = Throttle::new();

        match check_request::read(notify, self.policy.headers()) {
            Ok(request) => {
                let memory = Memory { limits: &self.limits, sessions: &self.sessions };
                let verdict = self.policy.decide(&request, memory, now);
                self.tally.count(&verdict);
                let answer = self.policy.answer(&verdict, &request);
                answer::write(&verdict, answer.as_ref(), ack);
            }
            // Without variables HAProxy falls back to its own limit: what cannot be read is not allowed, and no rule is
            // blamed for what it has not seen.
            Err(error) => {
                self.tally.count_undecided();
                if let Some(suppressed) = NO_VERDICT.admit(Instant::now()) {
                    warn!(%error, %suppressed, "NOTIFY without a verdict: check the spoe-message in HAProxy's configuration");
                }
            }
        }
    }
}
