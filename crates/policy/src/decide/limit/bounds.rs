//! Limits that others leave nothing to refuse.

use limits::Quota;

use super::key::KeyKind;
use super::{Limit, Limits};
use crate::classify::Tier;
use crate::classify::user_agent::UaClass;

impl Limits {
    /// The limit of section `limits` with this name, without its rungs.
    pub(crate) fn named(&self, name: &str) -> Option<&Limit> {
        self.limits.iter().find(|limit| *limit.name == *name && !limit.rung)
    }
}

impl Limit {
    pub(crate) fn quota(&self) -> &Quota {
        &self.quota
    }

    pub(crate) fn counts_tier(&self, tier: Tier) -> bool {
        self.scope.has_tier(tier)
    }

    pub(crate) fn counts_class(&self, class: UaClass) -> bool {
        self.scope.has_class(class)
    }

    /// Whether no request costs anything, whatever its path.
    pub(crate) fn is_free(&self) -> bool {
        self.costs.free_everything()
    }

    /// Leading bits of an IPv6 address that make one client, where each address is counted by them and requests are refused.
    pub(crate) fn enforced_ipv6_prefix(&self) -> Option<u8> {
        (self.key == KeyKind::Ip && !self.shadow).then(|| self.prefixes.v6.get())
    }

    /// Whether `tighter` refuses whatever this one would: it counts everybody whom this one counts, by the same key and at the same
    /// cost, against a rate and a burst that are no greater. Its buckets are never fuller than this one's.
    pub(crate) fn is_bound_by(&self, tighter: &Self) -> bool {
        !tighter.shadow
            && !self.rung
            && !tighter.rung
            && tighter.key == self.key
            && tighter.prefixes == self.prefixes
            && tighter.costs == self.costs
            && tighter.scope.covers(&self.scope)
            && tighter.quota.rate().interval() >= self.quota.rate().interval()
            && tighter.quota.burst() <= self.quota.burst()
    }
}
