use std::num::NonZeroU32;

use limits::{Ipv6PrefixLen, PrefixLens, Quota, Rate};
use serde_saphyr::Spanned;

use super::Limit;
use super::cost::Costs;
use super::key::KeyKind;
use crate::classify::Tier;
use crate::classify::crawler::{Crawler, Crawlers};
use crate::classify::network::{NetworkKind, Networks};
use crate::classify::user_agent::UserAgents;
use crate::compile::Compiler;
use crate::decide::admit::MAX_COUNTED;
use crate::decide::open::MAX_OWN_LIMITS;
use crate::decide::scope::Scope;
use crate::document::{LimitDocument, LimitKeyKind, RungDocument};
use crate::verdict::Rule;

/// Most limits of section `limits`, rungs included.
const MAX_LIMITS: usize = MAX_COUNTED - MAX_OWN_LIMITS;

/// Section `limits`, compiled, and what crawlers have of their own.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    /// In the order in which requests are charged.
    pub(crate) limits: Vec<Limit>,
    /// By the id of the crawler.
    crawlers: Vec<(Box<str>, Limit)>,
}

impl Limits {
    /// The limit of a verified crawler, if it has one.
    pub(crate) fn of_crawler(&self, id: &str) -> Option<&Limit> {
        self.crawlers.iter().find(|(of, _)| **of == *id).map(|(_, limit)| limit)
    }

    /// The limits of verified crawlers that have one of their own.
    pub(crate) fn of_crawlers(&self) -> impl Iterator<Item = &Limit> {
        self.crawlers.iter().map(|(_, limit)| limit)
    }

    pub(crate) fn rules_mut(&mut self) -> impl Iterator<Item = &mut Rule> {
        let of_crawlers = self.crawlers.iter_mut().map(|(_, limit)| limit);
        self.limits.iter_mut().chain(of_crawlers).map(|limit| &mut limit.rule)
    }

    pub(crate) fn compile(
        sections: &[LimitDocument],
        known: &KnownClients<'_>,
        agents: &UserAgents,
        compiler: &mut Compiler<'_>,
    ) -> Self {
        compiler.unique("limits", sections.iter().map(|section| &section.name));
        let mut limits = Vec::new();
        for (n, section) in sections.iter().enumerate() {
            let key = format!("limits[{n}]");
            if let Some(limit) = compile_limit(section, &key, agents, compiler) {
                let rungs = compile_ladder(&section.ipv6_ladder, &limit, &key, compiler);
                limits.push(limit);
                limits.extend(rungs);
            }
        }
        check_choosable(sections, &limits, compiler);
        check_keys(sections, &limits, known, compiler);
        if let Some(last) = sections.last().filter(|_| limits.len() > MAX_LIMITS) {
            let message = format!("{} limits and rungs; at most {MAX_LIMITS}", limits.len());
            compiler.note(&last.name, "limits", message);
        }
        limits.sort_by_key(Limit::reach);
        let of_crawler = |crawler: &Crawler| {
            let reason = format!("crawler.{}", crawler.id);
            let rule = Rule { place: Some(crawler.place.clone()), ..Rule::built_in(&reason) };
            let limit = Limit::of_client(&reason, rule, crawler.quota?);
            Some((crawler.id.clone(), limit))
        };
        Self { limits, crawlers: known.crawlers.iter().filter_map(of_crawler).collect() }
    }
}

fn compile_limit(
    section: &LimitDocument,
    key: &str,
    agents: &UserAgents,
    compiler: &mut Compiler<'_>,
) -> Option<Limit> {
    let name = compiler.identifier(&section.name, format!("{key}.name"));
    let scope = Scope::compile(section, key, agents, compiler);
    let kind = compile_key(section, key, compiler);
    let rate = compile_rate(&section.rate, &format!("{key}.rate"), compiler);
    let burst = compile_burst(section, key, rate, compiler);
    let prefixes = compile_prefixes(section, key, compiler);
    let costs = Costs::compile(&section.costs, &format!("{key}.costs"), burst, compiler);
    let quota = compile_quota(section, key, rate?, burst?, compiler)?;
    let rule = Rule::new(&format!("limit.{name}"), None, key, &section.name);
    Some(Limit { name, rule, scope, key: kind?, prefixes, rung: false, quota, costs, shadow: section.shadow })
}

fn compile_key(section: &LimitDocument, key: &str, compiler: &mut Compiler<'_>) -> Option<KeyKind> {
    match (section.key, &section.cookie) {
        (LimitKeyKind::Cookie, Some(name)) => {
            // RFC 6265 section 4.1.1: the name of a cookie is a token.
            let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
            if name.value.is_empty() || !name.value.bytes().all(token) {
                let message = format!("\"{}\" is not the name of a cookie", name.value);
                compiler.note(name, format!("{key}.cookie"), message);
            }
            Some(KeyKind::Cookie(name.value.as_str().into()))
        }
        (LimitKeyKind::Cookie, None) => {
            let note = compiler.note(&section.name, key, "key: cookie needs the name of the cookie");
            note.hint("add a line such as cookie: unique_id");
            None
        }
        (_, Some(name)) => {
            compiler.note(name, format!("{key}.cookie"), "a cookie is named only with key: cookie");
            None
        }
        (LimitKeyKind::Ip, None) => Some(KeyKind::Ip),
        (LimitKeyKind::Contact, None) => Some(KeyKind::Contact),
        (LimitKeyKind::Subject, None) => Some(KeyKind::Subject),
        (LimitKeyKind::Client, None) => Some(KeyKind::Client),
    }
}

fn compile_burst(
    section: &LimitDocument,
    key: &str,
    rate: Option<Rate>,
    compiler: &mut Compiler<'_>,
) -> Option<NonZeroU32> {
    let Some(burst) = &section.burst else { return rate.map(Rate::count) };
    let count = NonZeroU32::new(burst.value);
    if count.is_none() {
        compiler.note(burst, format!("{key}.burst"), "0 would refuse every request; expected 1 or more");
    }
    count
}

fn compile_quota(
    section: &LimitDocument,
    key: &str,
    rate: Rate,
    burst: NonZeroU32,
    compiler: &mut Compiler<'_>,
) -> Option<Quota> {
    let quota = match Quota::new(rate, burst) {
        Ok(quota) => quota,
        Err(why) => {
            compiler.note(&section.rate, format!("{key}.rate"), why);
            return None;
        }
    };
    let Some(hold) = &section.hold else { return Some(quota) };
    if section.key == LimitKeyKind::Contact {
        let message = "anybody can name a contact, and would have everybody held who names it";
        compiler.note(hold, format!("{key}.hold"), message).hint("hold by key: ip, or not at all");
    }
    let held = quota.with_hold(compiler.duration(hold, format!("{key}.hold"))?);
    match held {
        Ok(quota) => Some(quota),
        Err(why) => {
            compiler.note(hold, format!("{key}.hold"), why);
            None
        }
    }
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

fn compile_prefixes(section: &LimitDocument, key: &str, compiler: &mut Compiler<'_>) -> PrefixLens {
    let mut prefixes = PrefixLens::default();
    if let Some(length) = &section.ipv4_prefix
        && let Some(v4) = compile_prefix(length, &format!("{key}.ipv4_prefix"), compiler)
    {
        prefixes.v4 = v4;
    }
    if let Some(length) = &section.ipv6_prefix
        && let Some(v6) = compile_prefix(length, &format!("{key}.ipv6_prefix"), compiler)
    {
        prefixes.v6 = v6;
    }
    prefixes
}

fn compile_prefix<L: TryFrom<u8, Error = limits::Error>>(
    length: &Spanned<u8>,
    key: &str,
    compiler: &mut Compiler<'_>,
) -> Option<L> {
    match L::try_from(length.value) {
        Ok(_) if length.value == 0 => {
            compiler.note(length, key, "0 would count the whole Internet as one client; expected 1 or more");
            None
        }
        Ok(valid) => Some(valid),
        Err(why) => {
            compiler.note(length, key, why);
            None
        }
    }
}

/// The rungs of a limit: each a limit of its own for a wider prefix, without a hold, since neighbours share it.
fn compile_ladder(
    ladder: &[RungDocument],
    limit: &Limit,
    key: &str,
    compiler: &mut Compiler<'_>,
) -> Vec<Limit> {
    let (mut bits, mut times) = (limit.prefixes.v6.get(), 1);
    let mut rungs = Vec::new();
    for (n, rung) in ladder.iter().enumerate() {
        let key = format!("{key}.ipv6_ladder[{n}]");
        let v6 = compile_prefix::<Ipv6PrefixLen>(&rung.prefix, &format!("{key}.prefix"), compiler);
        if rung.prefix.value >= bits && v6.is_some() {
            let message = format!("{} is not shorter than the {bits} bits before it", rung.prefix.value);
            compiler
                .note(&rung.prefix, format!("{key}.prefix"), message)
                .hint("widen rung by rung: 56, then 48");
        }
        if rung.times.value <= times {
            let message = format!("{} is not more than the {times} before it", rung.times.value);
            let note = compiler.note(&rung.times, format!("{key}.times"), message);
            note.hint("a wider prefix holds more clients; less for all of them would be a limit for each");
        }
        (bits, times) = (rung.prefix.value, rung.times.value);
        let Some(v6) = v6 else { continue };
        match multiple(limit.quota, times) {
            Ok(quota) => {
                let prefixes = PrefixLens { v6, ..limit.prefixes };
                rungs.push(Limit { prefixes, quota, rung: true, key: KeyKind::Ip, ..limit.clone() });
            }
            Err(why) => drop(compiler.note(&rung.times, format!("{key}.times"), why)),
        }
    }
    rungs
}

/// `times` the rate and the burst of a quota.
fn multiple(quota: Quota, times: u32) -> Result<Quota, limits::Error> {
    let times = NonZeroU32::new(times).unwrap_or(NonZeroU32::MIN);
    let rate = Rate::new(quota.rate().count().saturating_mul(times), quota.rate().period())?;
    Quota::new(rate, quota.burst().saturating_mul(times))
}

/// What limits can count by.
pub(crate) struct KnownClients<'p> {
    pub(crate) crawlers: &'p Crawlers,
    pub(crate) networks: &'p Networks,
    pub(crate) has_sessions: bool,
}

/// A limit by what no client that it counts can have would count all of them by address.
fn check_keys(
    sections: &[LimitDocument],
    limits: &[Limit],
    known: &KnownClients<'_>,
    compiler: &mut Compiler<'_>,
) {
    for limit in limits {
        let has_clients = known.crawlers.iter().next().is_some()
            || known.networks.iter().any(|network| network.kind == NetworkKind::Client);
        let missing = match limit.key {
            KeyKind::Subject if !known.has_sessions => "key: subject needs section sessions",
            KeyKind::Subject if !limit.scope.has_tier(Tier::C) => "only tier C has a subject: add tiers: [C]",
            KeyKind::Client if !has_clients => "there is neither a crawler nor a network of kind client",
            KeyKind::Contact if !limit.scope.has_tier(Tier::D) => "only tier D has a contact: add tiers: [D]",
            _ => continue,
        };
        if let Some(section) = sections.iter().find(|section| *section.name.value == *limit.name) {
            let message = format!("\"{}\" would count everybody by address: {missing}", section.name.value);
            compiler.note(&section.name, "limits", message);
        }
    }
}

/// Whoever can choose what it is counted by would choose anew with each request, were its address not counted as well.
fn check_choosable(sections: &[LimitDocument], limits: &[Limit], compiler: &mut Compiler<'_>) {
    let by_address = |limit: &&Limit| limit.key == KeyKind::Ip && !limit.rung;
    for limit in limits.iter().filter(|limit| limit.key.is_for_the_client_to_choose()) {
        let enforced = |other: &&Limit| limit.shadow || !other.shadow;
        let mut bounds = limits.iter().filter(by_address).filter(enforced);
        let bounded = bounds.any(|other| other.scope.covers(&limit.scope) && !other.costs.free_everything());
        let section = sections.iter().find(|section| *section.name.value == *limit.name);
        if let Some(section) = section.filter(|_| !bounded) {
            let message = format!(
                "\"{}\" counts by what a client can choose anew with each request; its address must be counted as well",
                section.name.value
            );
            compiler
                .note(&section.name, "limits", message)
                .hint("add a limit with key: ip for the same tiers and classes, as generous as you like");
        }
    }
}
