//! Rate limits: what they count by, and what a count means for the verdict.

use std::num::{NonZeroU32, NonZeroU64};

use limits::{Key, Outcome, PrefixLens, Quota, Rate, Table};
use serde_saphyr::Spanned;

use super::Decision;
use crate::Timestamp;
use crate::compile::Compiler;
use crate::document::{LimitDocument, LimitKeyKind};
use crate::facts::Request;
use crate::verdict::{Action, LimitKey, LimitState, Rule};

/// Cost of a request.
const ONE: u32 = 1;

/// Section `limits`, compiled.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    pub(crate) limits: Vec<Limit>,
}

/// A limit.
#[derive(Debug)]
pub(crate) struct Limit {
    name: Box<str>,
    rule: Rule,
    quota: Quota,
    prefixes: PrefixLens,
}

/// What a limit said of a request.
pub(crate) struct Counted<'a> {
    limit: &'a Limit,
    key: LimitKey,
    pub(crate) outcome: Outcome,
}

impl Limit {
    /// A limit of `rule`, counted by whole IPv4 addresses and IPv6 subnets.
    pub(crate) fn by_address(name: &str, rule: Rule, quota: Quota) -> Self {
        Self { name: name.into(), rule, quota, prefixes: PrefixLens::default() }
    }

    /// What [`check`](Self::check) would say, without charging anything.
    pub(crate) fn peek<'a>(&'a self, request: &Request<'_>, table: &Table, now: Timestamp) -> Counted<'a> {
        let (key, hashed) = self.key(request, table);
        let outcome = table.peek(hashed, &self.quota, ONE, now.into());
        Counted { limit: self, key, outcome }
    }

    /// Counts a request, and charges it if the limit lets it pass.
    pub(crate) fn check<'a>(&'a self, request: &Request<'_>, table: &Table, now: Timestamp) -> Counted<'a> {
        let (key, hashed) = self.key(request, table);
        let outcome = table.check(hashed, &self.quota, ONE, now.into());
        Counted { limit: self, key, outcome }
    }

    fn key(&self, request: &Request<'_>, table: &Table) -> (LimitKey, Key) {
        let hasher = table.key_hasher(&self.rule.reason);
        match request.ip {
            Some(ip) => {
                let prefix = self.prefixes.prefix(ip);
                (LimitKey::Ip(prefix), hasher.ip(prefix).key())
            }
            None => (LimitKey::UnknownIp, hasher.key()),
        }
    }
}

impl<'a> Counted<'a> {
    /// Whether this limit leaves the client less than `other` does: the one that answers should tell of.
    pub(crate) fn is_tighter_than(&self, other: &Self) -> bool {
        self.outcome.remaining() < other.outcome.remaining()
    }

    /// The decision that follows; `passed` is the rule of a request that is within its limits.
    pub(crate) fn into_decision(self, passed: &'a Rule) -> Decision<'a> {
        let limit = LimitState {
            name: &self.limit.name,
            key: self.key,
            quota: self.limit.quota,
            remaining: self.outcome.remaining(),
            reset: self.outcome.reset(),
        };
        match self.outcome {
            Outcome::Allowed { .. } => {
                Decision { action: Action::Allow, rule: passed, retry_after: None, limit: Some(limit) }
            }
            Outcome::Refused { .. } | Outcome::ExceedsBurst { .. } => Decision {
                action: Action::Limit,
                rule: &self.limit.rule,
                // A burst is at least one request, so that a wait always helps.
                retry_after: self
                    .outcome
                    .retry_after_secs()
                    .and_then(NonZeroU64::new)
                    .or(Some(NonZeroU64::MIN)),
                limit: Some(limit),
            },
        }
    }
}

impl Limits {
    pub(crate) fn compile(sections: &[LimitDocument], compiler: &mut Compiler<'_>) -> Self {
        compiler.unique("limits", sections.iter().map(|section| &section.name));
        let limits =
            sections.iter().enumerate().filter_map(|(n, section)| compile_limit(n, section, compiler));
        Self { limits: limits.collect() }
    }
}

fn compile_limit(n: usize, section: &LimitDocument, compiler: &mut Compiler<'_>) -> Option<Limit> {
    let LimitKeyKind::Ip = section.key;
    let name = compiler.identifier(&section.name, format!("limits[{n}].name"));
    let rate = compile_rate(&section.rate, &format!("limits[{n}].rate"), compiler);
    let burst = match &section.burst {
        Some(burst) => match NonZeroU32::new(burst.value) {
            Some(count) => Some(count),
            None => {
                compiler.note(
                    burst,
                    format!("limits[{n}].burst"),
                    "0 would refuse every request; expected 1 or more",
                );
                None
            }
        },
        None => rate.map(Rate::count),
    };
    let mut prefixes = PrefixLens::default();
    compile_prefix(
        section.ipv4_prefix.as_ref(),
        &format!("limits[{n}].ipv4_prefix"),
        &mut prefixes.v4,
        compiler,
    );
    compile_prefix(
        section.ipv6_prefix.as_ref(),
        &format!("limits[{n}].ipv6_prefix"),
        &mut prefixes.v6,
        compiler,
    );
    let quota = match Quota::new(rate?, burst?) {
        Ok(quota) => quota,
        Err(why) => {
            compiler.note(&section.rate, format!("limits[{n}].rate"), why);
            return None;
        }
    };
    let rule = Rule::new(&format!("limit.{name}"), None);
    Some(Limit { name, rule, quota, prefixes })
}

/// A rate such as `10/s`.
pub(crate) fn compile_rate(rate: &Spanned<String>, key: &str, compiler: &mut Compiler<'_>) -> Option<Rate> {
    match rate.value.parse() {
        Ok(rate) => Some(rate),
        Err(why) => {
            compiler.note(rate, key, why).hint("write a count and a time: 10/s, 600/m, 1000/h");
            None
        }
    }
}

fn compile_prefix<L: TryFrom<u8, Error = limits::Error>>(
    length: Option<&Spanned<u8>>,
    key: &str,
    prefix: &mut L,
    compiler: &mut Compiler<'_>,
) {
    let Some(length) = length else { return };
    match L::try_from(length.value) {
        Ok(_) if length.value == 0 => {
            compiler.note(length, key, "0 would count the whole Internet as one client; expected 1 or more");
        }
        Ok(valid) => *prefix = valid,
        Err(why) => {
            compiler.note(length, key, why);
        }
    }
}
