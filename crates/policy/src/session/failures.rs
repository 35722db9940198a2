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
    pub(super) fn exhausted(&self, client: Option<IpAddr>, now: Timestamp) -> bool {
        !self.table.peek(self.key(client), &self.quota, 1, now.into()).is_allowed()
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
