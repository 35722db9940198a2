//! Actions → rules: what of an expression a policy can say.

use super::condition::{Agent, Atom, Fit, Literal};
use super::expression::Expression;
use super::object::{Kind, Object};
use super::quota::{Quota, quota};
use super::terms::{Named, Term};

/// What an action comes to.
#[derive(Clone, Debug)]
pub(super) struct Intent {
    pub(super) rules: Vec<Rule>,
    /// What its rules do not say, or say otherwise.
    pub(super) losses: Vec<String>,
    /// Where what is lost can be said.
    pub(super) nearest: Option<&'static str>,
    /// The patterns and ipblocks that its rules are made of.
    pub(super) sources: Vec<String>,
}

/// A rule of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// Refuse the addresses of this ipblock.
    Network(String),
    /// Refuse these user agents, unless one of these conditions holds.
    Refuse { agents: Vec<Agent>, unless: Vec<Condition> },
    /// Count these user agents, or all where none is given.
    Limit { agents: Vec<Agent>, paths: Paths, quota: Quota },
}

/// The paths that a limit counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Paths {
    /// Those that are not counted, whatever else says so.
    pub(super) free: Vec<String>,
    /// Those that are; all where none is given.
    pub(super) counted: Vec<String>,
}

/// What lifts a refusal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Condition {
    Network(String),
    Paths(Vec<String>),
    Hosts(Vec<String>),
    Method(String),
    Header(String),
}

const LABELS: &str =
    "Varnish and HAProxy see the network in X-Provenance (cloud=…, abuse=…): refuse by it there";
const BY_HAND: &str = "an ACL of HAProxy or an if in VCL, beside Provenance's verdict";
const STAGE: &str = "a stage of the class with rate:, which exemptions lift";

/// The rules of an action, or why there are none, and what is nearest to it. With `per_client`, what a whole server has one
/// bucket for has one for each client.
pub(super) fn rules(
    action: &Object,
    objects: &[Object],
    per_client: bool,
) -> Result<Intent, (String, Option<&'static str>)> {
    let without_hint = |why: String| (why, None);
    let does = effect(action, per_client).map_err(|(why, nearest)| (why.to_owned(), Some(nearest)))?;
    let expression = Expression::parse(action.text("expression"))
        .map_err(|why| without_hint(format!("expression (line {}): {why}", action.line_of("expression"))))?;
    let terms = Named { objects, proxy: action.kind }.terms(&expression);
    let terms = terms.map_err(|why| without_hint(format!("expression: {why}")))?;
    if terms.is_empty() {
        return Err(without_hint("the expression contradicts itself: it never holds".to_owned()));
    }
    let mut intent = Intent { rules: Vec::new(), losses: Vec::new(), nearest: None, sources: Vec::new() };
    match does {
        Effect::Refuse => {
            for term in &terms {
                let mut losses = Vec::new();
                match refusal(term, &mut losses) {
                    Ok(rule) => {
                        intent.losses.append(&mut losses);
                        intent.accept(rule, term);
                    }
                    Err((why, nearest)) => {
                        intent.losses.push(format!("where {}: {why}", shown(term)));
                        intent.nearest.get_or_insert(nearest);
                    }
                }
            }
        }
        Effect::Limit(quota) => {
            let (agents, paths) = counted(&terms, &mut intent.losses).map_err(|(why, at)| (why, Some(at)))?;
            intent.losses.extend(quota.rounded.iter().cloned());
            intent.rules.push(Rule::Limit { agents, paths, quota });
            terms.iter().for_each(|term| intent.name_sources(term));
        }
    }
    if intent.rules.is_empty() {
        return Err((intent.losses.join("; "), intent.nearest));
    }
    Ok(intent)
}

impl Intent {
    /// Bytes of the texts in its rules.
    pub(super) fn bytes(&self) -> usize {
        let of_paths = |paths: &[String]| paths.iter().map(String::len).sum::<usize>();
        let of_condition = |condition: &Condition| match condition {
            Condition::Paths(list) | Condition::Hosts(list) => of_paths(list),
            Condition::Network(text) | Condition::Method(text) | Condition::Header(text) => text.len(),
        };
        let of_rule = |rule: &Rule| match rule {
            Rule::Network(name) => name.len(),
            Rule::Refuse { unless, .. } => unless.iter().map(of_condition).sum(),
            Rule::Limit { paths, .. } => of_paths(&paths.free).saturating_add(of_paths(&paths.counted)),
        };
        self.rules.iter().map(of_rule).sum()
    }

    fn accept(&mut self, rule: Rule, term: &Term) {
        self.name_sources(term);
        if !self.rules.contains(&rule) {
            self.rules.push(rule);
        }
    }

    fn name_sources(&mut self, term: &Term) {
        for literal in term {
            if !self.sources.contains(&literal.from) {
                self.sources.push(literal.from.clone());
            }
        }
    }
}

enum Effect {
    Refuse,
    Limit(Quota),
}

fn effect(action: &Object, per_client: bool) -> Result<Effect, (String, &'static str)> {
    if action.kind == Kind::HaproxyAction {
        if action.flag("bw_throttle", false) {
            return Err((
                "a limit of bandwidth".to_owned(),
                "filter bwlim-out in HAProxy, as requestctl writes it",
            ));
        }
        if action.flag("per_ip_concurrency", false) {
            let nearest = "a limit with key: ip, or a stick table with sc_trackers in HAProxy";
            return Err(("a limit of what one address asks for at the same time".to_owned(), nearest));
        }
        return Ok(Effect::Refuse);
    }
    if !action.flag("do_throttle", false) {
        return Ok(Effect::Refuse);
    }
    if !action.flag("throttle_per_ip", false) && !per_client {
        let why = "one bucket for all clients of a server; the limits of a policy are for each client";
        return Err((
            why.to_owned(),
            "a limit with key: ip and the rate of one client; --per-client imports it with the rate of the server",
        ));
    }
    let (requests, interval, duration) = (
        action.number("throttle_requests", 500),
        action.number("throttle_interval", 30),
        action.number("throttle_duration", 1000),
    );
    quota(requests, interval, duration).map(Effect::Limit).map_err(|why| (why, "a limit with key: ip"))
}

type Refused<T> = Result<T, (String, &'static str)>;

/// The rule that refuses what one term describes.
fn refusal(term: &Term, losses: &mut Vec<String>) -> Refused<Rule> {
    if let Some((what, nearest)) = beyond_policies(term) {
        return Err((format!("a policy does not ask for {what}"), nearest));
    }
    let (negative, positive): (Vec<&Literal>, Vec<&Literal>) =
        term.iter().partition(|literal| literal.negated);
    match (&*positive, negative.is_empty()) {
        ([Literal { atom: Atom::Network(name), .. }], true) => Ok(Rule::Network(name.clone())),
        ([Literal { atom: Atom::Agents(agents, fit), from, .. }], _) => {
            let mut unless = Vec::new();
            for literal in negative {
                unless.push(spared(literal, losses)?);
            }
            unless.sort();
            note(fit, from, losses);
            Ok(Rule::Refuse { agents: agents.clone(), unless })
        }
        _ if positive.iter().any(|literal| matches!(literal.atom, Atom::Network(_))) => {
            Err(("a network is refused whole, or not at all".to_owned(), LABELS))
        }
        ([_, _, ..], _) if positive.iter().any(|literal| matches!(literal.atom, Atom::Agents(..))) => {
            let why = "a class is refused whatever it asks for; exemptions say where not".to_owned();
            Err((why, BY_HAND))
        }
        _ => Err(("a policy refuses by user agent or by network".to_owned(), BY_HAND)),
    }
}

/// What lifts the refusal, where it must not hold. It may hold for fewer requests than in the original, never for more.
fn spared(literal: &Literal, losses: &mut Vec<String>) -> Refused<Condition> {
    let at_most = |fit: &Fit, losses: &mut Vec<String>| match fit.wider {
        Some(why) => Err((format!("NOT {}: {why}, and more would be spared", literal.from), BY_HAND)),
        None => {
            losses
                .extend(fit.narrower.map(|why| format!("NOT {}: {why}, so fewer are spared", literal.from)));
            Ok(())
        }
    };
    Ok(match &literal.atom {
        Atom::Network(name) => Condition::Network(name.clone()),
        Atom::Paths(paths, fit) => {
            at_most(fit, losses)?;
            Condition::Paths(sorted(paths))
        }
        Atom::Hosts(hosts, fit) => {
            at_most(fit, losses)?;
            Condition::Hosts(sorted(hosts))
        }
        Atom::Method(method) => Condition::Method(method.clone()),
        Atom::Header(header) => Condition::Header(header.clone()),
        Atom::Agents(..) => {
            let why = format!("NOT {}: an exemption does not ask for a user agent", literal.from);
            return Err((why, "a class of its own before the one that is refused, in user-agents.yaml"));
        }
        Atom::Other { what, nearest } => return Err((what.clone(), nearest)),
    })
}

/// Whom and what a throttle counts. All its terms share one bucket, so they must make one limit.
fn counted(terms: &[Term], losses: &mut Vec<String>) -> Refused<(Vec<Agent>, Paths)> {
    let mut all: Vec<(Vec<Agent>, Vec<String>, Vec<String>)> = Vec::new();
    for term in terms {
        if let Some((what, nearest)) = beyond_policies(term) {
            return Err((format!("a policy does not ask for {what}"), nearest));
        }
        let (mut agents, mut paths, mut free) = (None, None, Vec::new());
        for literal in term {
            match (&literal.atom, literal.negated) {
                (Atom::Agents(list, fit), false) if agents.is_none() => {
                    note(fit, &literal.from, losses);
                    agents = Some(list.clone());
                }
                (Atom::Paths(list, fit), false) if paths.is_none() => {
                    note(fit, &literal.from, losses);
                    paths = Some(sorted(list));
                }
                (Atom::Paths(..), true) => match spared(literal, losses)? {
                    Condition::Paths(list) => free.extend(list),
                    _ => return Err(("no path".to_owned(), BY_HAND)),
                },
                (atom, negated) => return Err(not_counted_by(atom, negated, &literal.from)),
            }
        }
        free.sort();
        all.push((agents.unwrap_or_default(), paths.unwrap_or_default(), free));
    }
    one_limit(&all).ok_or_else(|| {
        let why = "its alternatives share one bucket, and no limit counts just them: user agents × paths";
        (why.to_owned(), "a limit for each of them, each with a bucket of its own")
    })
}

/// The limit that counts what all terms describe and nothing else: where they are user agents × paths.
fn one_limit(terms: &[(Vec<Agent>, Vec<String>, Vec<String>)]) -> Option<(Vec<Agent>, Paths)> {
    let mut by_agents: Vec<&[Agent]> = terms.iter().map(|(agents, _, _)| &**agents).collect();
    let mut by_paths: Vec<&[String]> = terms.iter().map(|(_, paths, _)| &**paths).collect();
    by_agents.sort();
    by_agents.dedup();
    by_paths.sort();
    by_paths.dedup();
    let (_, _, free) = terms.first()?;
    let is_product = by_agents
        .iter()
        .all(|a| by_paths.iter().all(|p| terms.iter().any(|(agents, paths, _)| agents == a && paths == p)));
    if !is_product || terms.iter().any(|(_, _, other)| other != free) {
        return None;
    }
    // Where one of the terms asks for nothing, all are counted.
    let union = |lists: &[&[String]]| match lists.iter().any(|list| list.is_empty()) {
        true => Vec::new(),
        false => sorted(&lists.concat()),
    };
    let agents = if by_agents.iter().any(|list| list.is_empty()) { Vec::new() } else { by_agents.concat() };
    Some((agents, Paths { free: free.clone(), counted: union(&by_paths) }))
}

fn not_counted_by(atom: &Atom, negated: bool, from: &str) -> (String, &'static str) {
    let not = if negated { "NOT " } else { "" };
    let why = |what: &str| format!("{not}{from}: a limit counts by user agent and path, not by {what}");
    match atom {
        Atom::Network(_) => (why("network"), if negated { STAGE } else { LABELS }),
        Atom::Agents(..) if negated => (why("what a user agent is not"), STAGE),
        Atom::Agents(..) => (why("two conditions on the user agent"), BY_HAND),
        Atom::Paths(..) => (why("two conditions on the path"), BY_HAND),
        Atom::Hosts(..) => (why("host"), if negated { STAGE } else { BY_HAND }),
        Atom::Method(_) => (why("method"), if negated { STAGE } else { BY_HAND }),
        Atom::Header(_) => (why("header"), if negated { STAGE } else { BY_HAND }),
        Atom::Other { what, nearest } => (why(what), nearest),
    }
}

/// What no rule of a policy asks for.
fn beyond_policies(term: &Term) -> Option<(String, &'static str)> {
    term.iter().find_map(|literal| match &literal.atom {
        Atom::Other { what, nearest } => Some((format!("{} ({what})", literal.from), *nearest)),
        _ => None,
    })
}

fn note(fit: &Fit, from: &str, losses: &mut Vec<String>) {
    losses.extend(fit.narrower.map(|why| format!("{from}: {why}, so fewer requests are meant")));
    losses.extend(fit.wider.map(|why| format!("{from}: {why}, so more requests are meant")));
}

fn sorted(list: &[String]) -> Vec<String> {
    let mut list = list.to_vec();
    list.sort();
    list.dedup();
    list
}

/// A term as an expression.
fn shown(term: &Term) -> String {
    let mut names: Vec<String> = Vec::new();
    for literal in term {
        let name = if literal.negated { format!("NOT {}", literal.from) } else { literal.from.clone() };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(" AND ")
}
