//! Rate limits: whom they count, what they count by, and what a count means for the verdict.

mod bounds;
mod compile;
mod cost;
mod key;

pub(crate) use compile::{KnownClients, Limits, compile_rate};

use std::num::NonZeroU64;
use std::time::Duration;

use limits::{Outcome, PrefixLens, Quota, Table};

use super::case::Case;
use super::scope::Scope;
use super::trail::{Said, Step};
use crate::Timestamp;
use crate::verdict::{LimitKey, LimitState, Rule};
use cost::Costs;
use key::{KeyKind, Reach};

/// A limit, or one rung of its ladder of IPv6 prefixes.
#[derive(Clone, Debug)]
pub(crate) struct Limit {
    name: Box<str>,
    pub(crate) rule: Rule,
    scope: Scope,
    key: KeyKind,
    prefixes: PrefixLens,
    /// Whether this is a rung, which counts IPv6 addresses alone.
    rung: bool,
    quota: Quota,
    costs: Costs,
    pub(crate) shadow: bool,
}

/// What a limit said of a request.
pub(crate) struct Counted<'a> {
    pub(crate) limit: &'a Limit,
    key: LimitKey<'a>,
    cost: u32,
    pub(crate) outcome: Outcome,
}

impl Limit {
    /// A limit of `rule` for everybody, counted by whole IPv4 addresses and IPv6 subnets.
    pub(crate) fn by_address(name: &str, rule: Rule, quota: Quota, shadow: bool) -> Self {
        Self::by(KeyKind::Ip, name, rule, quota, shadow)
    }

    /// A limit of `rule` for one known client.
    pub(crate) fn of_client(name: &str, rule: Rule, quota: Quota) -> Self {
        Self::by(KeyKind::Client, name, rule, quota, false)
    }

    fn by(key: KeyKind, name: &str, rule: Rule, quota: Quota, shadow: bool) -> Self {
        Self {
            name: name.into(),
            rule,
            scope: Scope::EVERYBODY,
            key,
            prefixes: PrefixLens::default(),
            rung: false,
            quota,
            costs: Costs::default(),
            shadow,
        }
    }

    /// Counts a request and charges it if it is within the quota; `None` if this limit has nothing to say of it.
    pub(crate) fn check<'a>(
        &'a self,
        case: &Case<'_, 'a>,
        table: &Table,
        now: Timestamp,
    ) -> Option<Counted<'a>> {
        let (key, hashed, cost) = self.concerns(case, table)?;
        let outcome = table.check(hashed, &self.quota, cost, now.into());
        Some(Counted { limit: self, key, cost, outcome })
    }

    /// How long a request has to wait for this limit, whatever others say; charges nothing. `None` if not at all.
    pub(crate) fn wait(&self, case: &Case<'_, '_>, table: &Table, now: Timestamp) -> Option<Duration> {
        let (_, hashed, cost) = self.concerns(case, table)?;
        table.wait(hashed, &self.quota, cost, now.into())
    }

    /// Whom a request counts against, and what it costs; `None` if this limit has nothing to say of it.
    fn concerns<'a>(&self, case: &Case<'_, 'a>, table: &Table) -> Option<(LimitKey<'a>, limits::Key, u32)> {
        if !self.scope.holds(case) {
            return None;
        }
        let cost = self.costs.of(case);
        if cost == 0 {
            return None;
        }
        let (key, hashed) = self.key(case, table)?;
        Some((key, hashed, cost))
    }

    /// Takes back what [`check`](Self::check) has charged for a request that another limit refuses.
    pub(crate) fn refund(&self, case: &Case<'_, '_>, table: &Table, now: Timestamp) {
        if let Some((_, hashed)) = self.key(case, table) {
            table.refund(hashed, &self.quota, self.costs.of(case), now.into());
        }
    }

    fn key<'a>(&self, case: &Case<'_, 'a>, table: &Table) -> Option<(LimitKey<'a>, limits::Key)> {
        let mut hasher = table.key_hasher(&self.rule.reason);
        if self.shadow {
            // A limit that is tried beside the one in force does not take from it.
            hasher = hasher.bytes(b"shadow");
        }
        if case.is_preflight() {
            // A client that is at its limit may still ask for leave: the answer to what it asks for then says 429.
            hasher = hasher.bytes(b"preflight");
        }
        match self.rung {
            true => self.rung_key(case, &hasher),
            false => Some(self.key.of(case, self.prefixes, &hasher)),
        }
    }

    fn rung_key<'a>(
        &self,
        case: &Case<'_, 'a>,
        hasher: &limits::KeyHasher,
    ) -> Option<(LimitKey<'a>, limits::Key)> {
        let ip = case.client.ip.filter(|ip| ip.to_canonical().is_ipv6())?;
        let prefix = self.prefixes.prefix(ip);
        Some((LimitKey::Ip(prefix), hasher.ip(prefix).key()))
    }

    pub(crate) fn quota(&self) -> Quota {
        self.quota
    }

    pub(crate) fn is_rung(&self) -> bool {
        self.rung
    }

    /// How many clients share one count: limits of one client's own are charged before those that it shares.
    pub(crate) fn reach(&self) -> Reach {
        if self.rung { Reach::Neighbours } else { self.key.reach() }
    }
}

impl<'a> Counted<'a> {
    pub(crate) fn refuses(&self) -> bool {
        !self.outcome.is_allowed()
    }

    /// Whether this limit leaves the client less than `other` does: the one that answers should tell of.
    pub(crate) fn is_tighter_than(&self, other: &Self) -> bool {
        self.outcome.remaining() < other.outcome.remaining()
    }

    /// What answers tell of the limit.
    pub(crate) fn state(&self) -> LimitState<'a> {
        LimitState {
            name: &self.limit.name,
            key: self.key,
            quota: self.limit.quota,
            remaining: self.outcome.remaining(),
            reset: self.outcome.reset(),
        }
    }

    /// What this limit said, for who asks why.
    pub(super) fn step(&self) -> Step<'a> {
        let limit = self.state();
        let retry_after = self.refuses().then(|| self.retry_after());
        let said = Said::Counted { limit, cost: self.cost, retry_after };
        Step { rule: &self.limit.rule, said, shadow: self.limit.shadow }
    }

    /// Whole seconds until the request would be admitted: at least one, so that waiting always helps.
    pub(crate) fn retry_after(&self) -> NonZeroU64 {
        self.outcome.retry_after_secs().and_then(NonZeroU64::new).unwrap_or(NonZeroU64::MIN)
    }
}
