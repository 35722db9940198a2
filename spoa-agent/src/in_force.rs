//! The policy in force, and how another one takes its place.

use std::sync::Arc;

use arc_swap::{ArcSwap, Guard};
use policy::Policy;

use crate::tally::{Places, Tally};

/// A policy and where its verdicts are counted.
#[derive(Debug)]
pub struct InForce {
    /// The policy.
    pub policy: Policy,
    /// Where its verdicts are counted.
    pub places: Places,
}

/// The place of the policy in force. A request keeps the one that it began with; the next one finds the new one. Neither waits.
#[derive(Debug)]
pub struct PolicyInForce(ArcSwap<InForce>);

impl PolicyInForce {
    /// Puts the first policy into force.
    #[must_use]
    pub fn new(policy: Policy, tally: &Tally) -> Self {
        let places = tally.places(&policy);
        Self(ArcSwap::from_pointee(InForce { policy, places }))
    }

    /// The policy in force now.
    pub fn get(&self) -> Guard<Arc<InForce>> {
        self.0.load()
    }

    /// Puts another one into force, and returns the one before. It takes milliseconds to free it: once nobody uses it any more, and
    /// not where requests are answered.
    #[must_use = "to be freed where nobody waits"]
    pub fn replace(&self, policy: Policy, tally: &Tally) -> Arc<InForce> {
        let places = tally.places(&policy);
        self.0.swap(Arc::new(InForce { policy, places }))
    }
}
