//! Limits that others leave nothing to refuse.

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
    ///
    /// A hold begins only with the limit that is asked first of two which would refuse, so where one has a hold, `tighter` has to be
    /// asked before this one.
    pub(crate) fn is_bound_by(&self, tighter: &Self, is_asked_before: bool) -> bool {
        let has_hold = |limit: &Self| limit.quota.hold().is_some();
        !tighter.shadow
            && !self.rung
            && !tighter.rung
            && tighter.key == self.key
            && tighter.prefixes == self.prefixes
            && tighter.costs == self.costs
            && tighter.scope.covers(&self.scope)
            && tighter.quota.rate().interval() >= self.quota.rate().interval()
            && tighter.quota.burst() <= self.quota.burst()
            && (is_asked_before || !(has_hold(self) || has_hold(tighter)))
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;
    use std::time::Duration;

    use limits::{Period, Quota, Rate, Seed, Table};
    use proptest::prelude::*;

    use super::*;
    use crate::Timestamp;
    use crate::verdict::Rule;

    fn quota(count: u32, burst: u32, hold: bool) -> Quota {
        let some = |n| NonZeroU32::new(n).unwrap();
        let quota = Quota::new(Rate::new(some(count), Period::Minute).unwrap(), some(burst)).unwrap();
        if hold { quota.with_hold(quota.horizon() + Duration::from_secs(7)).unwrap() } else { quota }
    }

    fn limit(quota: Quota) -> Limit {
        Limit::by_address("limit", Rule::built_in("limit"), quota, false)
    }

    proptest! {
        /// Two limits that are asked in their order, as `admit` does: all that admitted a request take it back when one refuses.
        #[test]
        fn what_is_bound_refuses_nobody_whom_the_other_admits(
            (one, other) in (
                (1_u32..90, 1_u32..9, any::<bool>()),
                (1_u32..90, 1_u32..9, any::<bool>()),
            ),
            requests in prop::collection::vec((0_u64..9_000, 1_u32..4), 1..200),
        ) {
            let quotas = [quota(one.0, one.1, one.2), quota(other.0, other.1, other.2)];
            let bound = limit(quotas[1]).is_bound_by(&limit(quotas[0]), true);
            let bound_first = limit(quotas[0]).is_bound_by(&limit(quotas[1]), false);
            let table = Table::new(100, &Seed::from([7; 16])).unwrap();
            let keys = ["one", "other"].map(|name| table.key_hasher(name).key());
            let mut now = Timestamp::from_seconds(1_800_000_000);
            for (wait, cost) in requests {
                now = now.plus(Duration::from_millis(wait));
                let refuses = |n: usize| !table.peek(keys[n], &quotas[n], cost, now.into()).is_allowed();
                let (first, second) = (refuses(0), refuses(1));
                prop_assert!(!bound || !second || first, "the second refuses what the first admits");
                prop_assert!(!bound_first || !first || second, "the first refuses what the second admits");
                if !table.check(keys[0], &quotas[0], cost, now.into()).is_allowed() {
                    continue;
                }
                if !table.check(keys[1], &quotas[1], cost, now.into()).is_allowed() {
                    table.refund(keys[0], &quotas[0], cost, now.into());
                }
            }
        }
    }
}
