//! Sources: classes of generators, each with its own maximum age.

use std::time::Duration;

use super::token::Scope;

/// The name under which a generator goes that no source names.
pub(crate) const UNKNOWN: &str = "unknown";

/// The sources of a policy.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    sources: Vec<Source>,
}

/// A class of generators.
#[derive(Debug)]
pub struct Source {
    /// Its name in policies, labels and rules.
    pub name: Box<str>,
    /// The software components whose URLs are of this source; at least one.
    pub generators: Vec<Box<str>>,
    /// A seal is stale when it is older than this.
    pub max_age: Duration,
    /// What the signer rounds the time down to; not zero.
    pub granularity: Duration,
    /// Scope of new seals where the signer names none.
    pub scope: Scope,
}

impl Sources {
    pub(crate) fn new(sources: Vec<Source>) -> Self {
        Self { sources }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Source> {
        self.sources.iter()
    }

    /// The source that a generator belongs to.
    pub(crate) fn of_generator(&self, generator: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.has(generator))
    }

    /// The source of a name.
    pub(crate) fn named(&self, name: &str) -> Option<&Source> {
        self.sources.iter().find(|source| *source.name == *name)
    }
}

impl Source {
    /// Whether a generator is of this source.
    #[must_use]
    pub fn has(&self, generator: &str) -> bool {
        self.generators.iter().any(|g| **g == *generator)
    }

    /// Seconds since the epoch, rounded down to the granularity.
    #[must_use]
    pub fn round_down(&self, seconds: u64) -> u64 {
        seconds.saturating_sub(seconds.checked_rem(self.granularity.as_secs()).unwrap_or(0))
    }
}
