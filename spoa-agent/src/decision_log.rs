//! A sample of the decisions that somebody may ask about: those that refuse, and those that a rule in shadow would have refused.

use std::fmt;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};

use ipnet::IpNet;
use policy::verdict::Action;
use policy::{Request, Timestamp, Verdict};
use tracing::info;

use crate::tally::{Shard, Tally};
use crate::untrusted::Untrusted;

/// Most bytes of a path that a line shows; of a host, and of a user agent.
const MAX_PATH: usize = 200;
const MAX_HOST: usize = 100;
const MAX_USER_AGENT: usize = 200;

/// Bits of the second in [`DecisionLog::window`]; those below count lines.
const COUNT_BITS: u32 = 24;

/// Writes the first lines of each second, and counts the rest.
///
/// A decision that is not logged costs one read of a number that seldom changes.
#[derive(Debug)]
pub struct DecisionLog {
    a_second: u64,
    /// A second of the clock, and how many lines were written in it.
    window: AtomicU64,
    /// Decisions that were not logged, when the last line was written.
    told: AtomicU64,
}

impl DecisionLog {
    /// The most lines a second that can be asked for.
    pub const MAX_A_SECOND: u32 = 10_000;

    /// A log of at most so many lines a second; 0 for none.
    #[must_use]
    pub fn new(a_second: u32) -> Self {
        let a_second = u64::from(a_second.min(Self::MAX_A_SECOND));
        Self { a_second, window: AtomicU64::new(0), told: AtomicU64::new(0) }
    }

    /// Logs a decision that refuses, or would, if there is room for a line.
    pub fn take(
        &self,
        verdict: &Verdict<'_>,
        request: &Request<'_>,
        now: Timestamp,
        shard: &Shard,
        tally: &Tally,
    ) {
        if verdict.action == Action::Allow && verdict.would.is_none() {
            return;
        }
        if self.admit(now.seconds()) {
            self.write(verdict, request, tally);
        } else {
            shard.count_unlogged();
        }
    }

    /// Whether a line may be written in this second.
    fn admit(&self, second: u64) -> bool {
        let fresh = second << COUNT_BITS;
        let mut window = self.window.load(Ordering::Relaxed);
        loop {
            let count = if window >> COUNT_BITS == fresh >> COUNT_BITS {
                window & !(u64::MAX << COUNT_BITS)
            } else {
                0
            };
            if count >= self.a_second {
                return false;
            }
            let next = fresh | count.saturating_add(1);
            match self.window.compare_exchange_weak(window, next, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return true,
                Err(now) => window = now,
            }
        }
    }

    #[cold]
    fn write(&self, verdict: &Verdict<'_>, request: &Request<'_>, tally: &Tally) {
        let unlogged = tally.unlogged();
        let suppressed = unlogged.saturating_sub(self.told.swap(unlogged, Ordering::Relaxed));
        let would = verdict.would.map(|would| would.to_string());
        info!(
            action = verdict.action.as_str(),
            would,
            reason = &*verdict.rule.reason,
            code = verdict.rule.code.as_str(),
            tier = verdict.client.tier.as_str(),
            ua_class = verdict.ua_class,
            net = Net(verdict.client.ip).to_string(),
            host = Untrusted(request.host, MAX_HOST).to_string(),
            path = Untrusted(request.path, MAX_PATH).to_string(),
            ua = Untrusted(request.headers.user_agent().unwrap_or_default(), MAX_USER_AGENT).to_string(),
            suppressed,
            "refused or would be"
        );
    }
}

/// The network of a client: enough to see whether many are one. Who it was stands in HAProxy's log.
struct Net(Option<IpAddr>);

impl fmt::Display for Net {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = |ip: IpAddr| if ip.is_ipv4() { 24 } else { 48 };
        match self.0.map(|ip| ip.to_canonical()).and_then(|ip| IpNet::new(ip, bits(ip)).ok()) {
            Some(net) => net.trunc().fmt(f),
            None => f.write_str("unknown"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_lines_a_second_and_no_more_whichever_way_the_clock_goes() {
        let log = DecisionLog::new(3);
        let admitted = |second| (0..10).filter(|_| log.admit(second)).count();
        assert_eq!([admitted(100), admitted(100), admitted(101), admitted(50)], [3, 0, 3, 3]);
    }

    #[test]
    fn a_client_is_shown_by_its_network() {
        for (ip, net) in [
            (Some("192.0.2.77"), "192.0.2.0/24"),
            (Some("::ffff:192.0.2.77"), "192.0.2.0/24"),
            (Some("2001:db8:1:2::3"), "2001:db8:1::/48"),
            (None, "unknown"),
        ] {
            assert_eq!(Net(ip.map(|ip| ip.parse().unwrap())).to_string(), net);
        }
    }
}
