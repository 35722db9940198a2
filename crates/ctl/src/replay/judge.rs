use limits::{Seed, Table};
use policy::session::SessionCache;
use policy::{Memory, Policy, Timestamp, Verdict};

use super::Record;
use crate::Error;

/// Tokens that are remembered: logs seldom have any, and one that is forgotten is verified again.
const TOKENS: usize = 4096;

/// A policy with a memory of its own, so that two that are compared do not count for each other.
pub struct Judge {
    policy: Policy,
    limits: Table,
    sessions: SessionCache,
}

impl Judge {
    /// Judges by `policy`; `keys` is how many clients can be in debt to a limit at one time.
    ///
    /// The seed of the table is always the same, so that the same log has the same answer each time: nobody is kept waiting by
    /// keys that were chosen to collide, they only count as evicted.
    ///
    /// # Errors
    /// [`Error::Usage`] for a number of keys that no table can have.
    pub fn new(policy: Policy, keys: usize) -> Result<Self, Error> {
        let limits = Table::new(keys, &Seed::from([0x5e; 16]))
            .map_err(|error| Error::usage(format!("--limiter-keys: {error}")))?;
        let sessions =
            SessionCache::new(TOKENS, [0x5e; 32]).map_err(|error| Error::usage(error.to_string()))?;
        Ok(Self { policy, limits, sessions })
    }

    /// The verdict on a request at `time`; it is charged to the limits that concern it.
    #[must_use]
    pub fn decide<'a>(&'a self, record: &'a Record<'_>, time: Timestamp) -> Verdict<'a> {
        let memory = Memory { limits: &self.limits, sessions: &self.sessions };
        self.policy.decide(&record.request(&self.policy), memory, time)
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Clients that a limit has forgotten because the table was full.
    #[must_use]
    pub fn evictions(&self) -> u64 {
        self.limits.evictions()
    }
}
