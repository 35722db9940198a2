use std::net::IpAddr;
use std::num::NonZeroU32;

use limits::{Key, Period, PrefixLens, Quota, Rate, Seed, Table};

use crate::Timestamp;

/// Tokens in vain that a client may send at once, and how many more each second: whoever sends an old cookie with each image of
/// a page stays below; a flood of made-up tokens costs a hash each.
const BURST: u32 = 100;
const PER_SECOND: u32 = 10;

/// How many tokens each client has had read in vain, by IPv4 address or IPv6 /64; one count for all whose address is not known.
pub(super) struct Failures {
    table: Table,
    quota: Quota,
}

impl Failures {
    /// Counts of `capacity` clients.
    pub(super) fn new(capacity: usize, seed: [u8; 16]) -> Result<Self, limits::Error> {
        let count = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::new(Rate::new(count(PER_SECOND), Period::Second)?, count(BURST))?;
        Ok(Self { table: Table::new(capacity, &Seed::from(seed))?, quota })
    }

    pub(super) fn bytes(&self) -> usize {
        self.table.bytes()
    }

    /// Whether a client has had so many tokens read in vain that no other is read for it now.
    ///
    /// A count from a time that has not come, since the clock was set back, is cut to what a burst takes to come back: a peek alone
    /// would leave it there, and the client unread until the clock is there again.
    pub(super) fn exhausted(&self, client: Option<IpAddr>, now: Timestamp) -> bool {
        let (key, now) = (self.key(client), now.into());
        !self.table.peek(key, &self.quota, 1, now).is_allowed()
            && !self.table.check(key, &self.quota, 1, now).is_allowed()
    }

    /// Counts a token that was read in vain.
    pub(super) fn count(&self, client: Option<IpAddr>, now: Timestamp) {
        // What comes of it is asked before the next one is read.
        let _ = self.table.check(self.key(client), &self.quota, 1, now.into());
    }

    fn key(&self, client: Option<IpAddr>) -> Key {
        let hasher = self.table.key_hasher("session.failures");
        match client {
            Some(ip) => hasher.ip(PrefixLens::default().prefix(ip)).key(),
            None => hasher.key(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_clock_that_is_set_back_leaves_nobody_unread_for_longer_than_a_burst_takes_to_come_back() {
        let failures = Failures::new(100, [7; 16]).unwrap();
        let client = Some("192.0.2.7".parse().unwrap());
        let (ahead, now) = ("2100-01-01".parse().unwrap(), "2026-11-20".parse::<Timestamp>().unwrap());
        (0..BURST).for_each(|_| failures.count(client, ahead));
        assert!(failures.exhausted(client, now));
        let horizon = Duration::from_secs(u64::from(BURST / PER_SECOND) + 1);
        assert!(!failures.exhausted(client, now.plus(horizon)));
    }
}
