//! The line that says, each minute, what the agent has decided, and whether its table of limits is large enough.

use std::sync::Arc;
use std::time::Duration;

use policy::verdict::Action;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tracing::{info, warn};

use crate::service::PolicyService;
use crate::stop::Stop;
use crate::tally::Totals;

/// How often is told what was decided.
const INTERVAL: Duration = Duration::from_secs(60);

/// What was told last.
#[derive(Debug, Default)]
pub struct Report {
    decided: [u64; NAMES],
    evictions: u64,
}

/// Counts in the line.
const NAMES: usize = 9;

impl Report {
    /// Tells each minute what was decided in it, until it is time to stop; what is told then is the caller's to say.
    ///
    /// To count the entries of a large table of limits takes milliseconds or more: that is done where no request waits.
    pub async fn each_minute(mut self, service: Arc<PolicyService>, mut stop: Stop) -> Self {
        let mut minutes = interval_at(Instant::now() + INTERVAL, INTERVAL);
        minutes.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = minutes.tick() => {
                    let service = Arc::clone(&service);
                    let told = spawn_blocking(move || {
                        self.tell(&service);
                        self
                    });
                    // It does not panic; if it did, the next line would tell of all that was since the start.
                    self = told.await.unwrap_or_default();
                }
                () = stop.requested() => return self,
            }
        }
    }

    /// Tells what was decided since it was told last; nothing, if that is nothing.
    pub fn tell(&mut self, service: &PolicyService) {
        let decided = decided(&service.tally().totals());
        let evictions = service.limits().evictions();
        let mut new = decided;
        new.iter_mut().zip(self.decided).for_each(|(now, before)| *now = now.saturating_sub(before));
        if new.iter().any(|count| *count > 0) {
            let [
                allowed,
                limited,
                denied,
                would_limit,
                would_deny,
                impostors,
                sessions,
                tokens_refused,
                undecided,
            ] = new;
            info!(
                allowed,
                limited,
                denied,
                would_limit,
                would_deny,
                impostors,
                sessions,
                tokens_refused,
                undecided,
                limiter_entries = service.limits().entries(),
                limiter_evictions = evictions,
                "decided"
            );
        }
        let lost = evictions.saturating_sub(self.evictions);
        if lost > 0 {
            warn!(lost, "the table of limits is full, and clients begin anew: raise --limiter-keys");
        }
        *self = Self { decided, evictions };
    }
}

fn decided(totals: &Totals) -> [u64; NAMES] {
    let (sessions, tokens_refused) = totals.tokens();
    [
        totals.done(Action::Allow),
        totals.done(Action::Limit),
        totals.done(Action::Deny),
        totals.would_have(Action::Limit),
        totals.would_have(Action::Deny),
        totals.impostors,
        sessions,
        tokens_refused,
        totals.undecided.iter().sum(),
    ]
}
