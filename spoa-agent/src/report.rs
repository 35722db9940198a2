//! The line that says, each minute, what the agent has decided, and whether its table of limits is large enough.

use std::time::Duration;

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
    totals: Totals,
    evictions: u64,
}

impl Report {
    /// Tells each minute what was decided in it, until it is time to stop; what is told then is the caller's to say.
    pub async fn each_minute(mut self, service: &PolicyService, mut stop: Stop) -> Self {
        let mut minutes = interval_at(Instant::now() + INTERVAL, INTERVAL);
        minutes.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = minutes.tick() => self.tell(service),
                () = stop.requested() => return self,
            }
        }
    }

    /// Tells what was decided since it was told last; nothing, if that is nothing.
    pub fn tell(&mut self, service: &PolicyService) {
        let totals = service.tally().totals();
        let evictions = service.limits().evictions();
        let new = totals - self.totals;
        if new != Totals::default() {
            info!(
                allowed = new.allowed,
                limited = new.limited,
                denied = new.denied,
                would_limit = new.would_limit,
                would_deny = new.would_deny,
                impostors = new.impostors,
                sessions = new.sessions,
                tokens_refused = new.tokens_refused,
                undecided = new.undecided,
                limiter_entries = service.limits().entries(),
                limiter_evictions = evictions,
                "decided"
            );
        }
        let lost = evictions.saturating_sub(self.evictions);
        if lost > 0 {
            warn!(lost, "the table of limits is full, and clients begin anew: raise --limiter-keys");
        }
        *self = Self { totals, evictions };
    }
}
