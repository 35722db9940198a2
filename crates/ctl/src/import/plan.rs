//! Rules of all actions → the sections of a policy.

use std::collections::{BTreeMap, BTreeSet};

use super::assembly::{assemble, facts, numbered};
use super::class::{Class, MAX_AGENTS, MAX_CLASSES, classes};
use super::condition::{Agent, Atom, conditions};
use super::exemption::Spared;
use super::network::{Network, NetworkKind, networks};
use super::object::{Kind, Object};
use super::quota::Quota;
use super::rule::{Condition, Intent, Paths, Rule};

/// Most limits of a policy (`policy::decide::limit`).
const MAX_LIMITS: usize = 48;

/// An action that is carried over.
#[derive(Clone, Debug)]
pub(super) struct Carried {
    /// Its place among the objects.
    pub(super) action: usize,
    /// Whether its rules only say what they would do.
    pub(super) shadow: bool,
    pub(super) intent: Intent,
    /// Where its rules stand in the policy.
    pub(super) to: BTreeSet<String>,
}

/// The sections of the policy.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) networks: Vec<Network>,
    pub(super) classes: Vec<Class>,
    pub(super) stages: Vec<Stage>,
    pub(super) exemptions: Vec<Exemption>,
    pub(super) limits: Vec<Limit>,
}

/// A class that is refused.
#[derive(Debug)]
pub(super) struct Stage {
    pub(super) class: String,
    pub(super) shadow: bool,
    /// The actions that refuse it, by name.
    pub(super) actions: Vec<String>,
}

/// Where classes are not refused.
#[derive(Debug)]
pub(super) struct Exemption {
    pub(super) name: String,
    pub(super) classes: Vec<String>,
    pub(super) conditions: Spared,
    pub(super) actions: Vec<String>,
}

/// A limit.
#[derive(Debug)]
pub(super) struct Limit {
    pub(super) name: String,
    pub(super) classes: Vec<String>,
    pub(super) paths: Paths,
    pub(super) quota: Quota,
    pub(super) shadow: bool,
    pub(super) action: String,
}

/// An action that was not carried over after all, and why.
pub(super) type Rejected = (usize, String);

/// What is known of the kinds of networks.
pub(super) type Scopes = BTreeMap<String, NetworkKind>;

/// The policy of `carried`. Those for which there is no room, or whose networks are of no known kind, are taken out of it.
pub(super) fn plan(objects: &[Object], scopes: &Scopes, carried: &mut Vec<Carried>) -> (Plan, Vec<Rejected>) {
    let mut rejected = Vec::new();
    reject_unknown_scopes(objects, scopes, carried, &mut rejected);
    reject_surplus(carried, &mut rejected);
    let mut plan = Plan { networks: planned_networks(objects, scopes, carried), ..Plan::default() };
    resolve_networks(&plan.networks, carried);
    let origins = origins(objects, carried);
    loop {
        plan.classes = classes(&facts(&numbered(carried)), &origins);
        let added = plan.classes.iter().filter(|class| class.name != "none").count();
        let last =
            carried.iter().rposition(|entry| entry.intent.rules.iter().any(|rule| !agents(rule).is_empty()));
        let Some(last) = last.filter(|_| added > MAX_CLASSES) else { break };
        let why = format!("a policy has room for {MAX_CLASSES} classes of its own, and no more");
        rejected.push((carried.remove(last).action, why));
    }
    assemble(&mut plan, objects, carried);
    (plan, rejected)
}

/// The pattern that each user agent of a rule comes from.
fn origins(objects: &[Object], carried: &[Carried]) -> BTreeMap<Agent, String> {
    let used: BTreeSet<&str> = carried
        .iter()
        .flat_map(|entry| &entry.intent.sources)
        .filter_map(|source| source.strip_prefix("pattern@"))
        .collect();
    let mut origins = BTreeMap::new();
    for object in objects.iter().filter(|object| object.kind == Kind::Pattern && used.contains(&*object.name))
    {
        for literal in conditions(object, Kind::Action) {
            if let Atom::Agents(agents, _) = literal.atom {
                for agent in agents {
                    origins.entry(agent).or_insert_with(|| object.name.clone());
                }
            }
        }
    }
    origins
}

/// The user agents of a rule.
pub(super) fn agents(rule: &Rule) -> &[Agent] {
    match rule {
        Rule::Network(_) => &[],
        Rule::Refuse { agents, .. } | Rule::Limit { agents, .. } => agents,
    }
}

/// What the ipblocks are that rules refuse: enforced, where one of them is.
fn refused_ipblocks(carried: &[Carried]) -> BTreeMap<String, NetworkKind> {
    let mut refused = BTreeMap::new();
    for entry in carried {
        let kind = if entry.shadow { NetworkKind::AbusiveInShadow } else { NetworkKind::Abusive };
        for rule in &entry.intent.rules {
            if let Rule::Network(name) = rule {
                let known = refused.entry(name.clone()).or_insert(kind);
                *known = (*known).min(kind);
            }
        }
    }
    refused
}

/// The kind of an ipblock, if it is known.
fn kind_of(object: &Object, refused: &BTreeMap<String, NetworkKind>, scopes: &Scopes) -> Option<NetworkKind> {
    let by_scope = || NetworkKind::of_scope(object.tag());
    refused.get(&object.name).copied().or_else(|| scopes.get(object.tag()).copied()).or_else(by_scope)
}

/// Rejects what is spared by an ipblock of no known kind. One that a rejected action alone refused is of no known kind then.
fn reject_unknown_scopes(
    objects: &[Object],
    scopes: &Scopes,
    carried: &mut Vec<Carried>,
    rejected: &mut Vec<Rejected>,
) {
    let mut before = usize::MAX;
    while carried.len() < before {
        before = carried.len();
        let refused = refused_ipblocks(carried);
        let unknown = |condition: &Condition| {
            let Condition::Network(name) = condition else { return None };
            let found =
                objects.binary_search_by(|object| (object.kind, &*object.name).cmp(&(Kind::Ipblock, name)));
            let object = found.ok().and_then(|place| objects.get(place))?;
            kind_of(object, &refused, scopes).is_none().then_some(object)
        };
        carried.retain(|entry| {
            let conditions = entry.intent.rules.iter().flat_map(|rule| match rule {
                Rule::Refuse { unless, .. } => &**unless,
                _ => &[],
            });
            let Some(object) = conditions.into_iter().find_map(unknown) else { return true };
            let (name, scope) = (&object.name, object.tag());
            let why = format!(
                "NOT ipblock@{name}: of what kind are ipblocks of the scope {scope}? Say it with --scope {scope}=KIND"
            );
            rejected.push((entry.action, why));
            false
        });
    }
}

fn reject_surplus(carried: &mut Vec<Carried>, rejected: &mut Vec<Rejected>) {
    let mut limits = 0_usize;
    let mut seen = BTreeSet::new();
    carried.retain(|entry| {
        let rules = &entry.intent.rules;
        let own = rules.iter().filter(|rule| matches!(rule, Rule::Limit { .. })).count();
        let more: BTreeSet<&Agent> =
            rules.iter().flat_map(agents).filter(|agent| !seen.contains(*agent)).collect();
        let why = if limits.saturating_add(own) > MAX_LIMITS {
            format!("a policy has room for {MAX_LIMITS} limits, and no more")
        } else if seen.len().saturating_add(more.len()) > MAX_AGENTS {
            format!("more than {MAX_AGENTS} user agents")
        } else {
            limits = limits.saturating_add(own);
            seen.extend(more.into_iter().cloned());
            return true;
        };
        rejected.push((entry.action, why));
        false
    });
}

fn planned_networks(objects: &[Object], scopes: &Scopes, carried: &[Carried]) -> Vec<Network> {
    let refused = refused_ipblocks(carried);
    let ipblocks = objects.iter().filter(|object| object.kind == Kind::Ipblock);
    let known: Vec<_> =
        ipblocks.filter_map(|object| Some((object, kind_of(object, &refused, scopes)?))).collect();
    networks(&known)
}

/// Puts the names of networks in place of those of ipblocks, and says what their overlaps cost.
fn resolve_networks(networks: &[Network], carried: &mut [Carried]) {
    let by_ipblock: BTreeMap<&str, &Network> =
        networks.iter().map(|network| (&*network.ipblock, network)).collect();
    for entry in carried {
        let Intent { rules, losses, .. } = &mut entry.intent;
        for rule in rules {
            match rule {
                Rule::Network(name) => match by_ipblock.get(&**name) {
                    Some(network) => {
                        entry.to.insert(format!("networks: {}", network.name));
                        if network.kind == NetworkKind::AbusiveInShadow && !network.pierced_by.is_empty() {
                            losses.push(format!("ipblock@{name}: {}", elsewhere(network)));
                        }
                    }
                    None => losses.push(format!("ipblock@{name} has no prefix")),
                },
                Rule::Refuse { unless, .. } => {
                    // An ipblock without a prefix spares nobody.
                    unless.retain(|condition| match condition {
                        Condition::Network(name) => by_ipblock.contains_key(&**name),
                        _ => true,
                    });
                    for condition in unless {
                        if let Condition::Network(name) = condition
                            && let Some(network) = by_ipblock.get(&**name)
                        {
                            if !network.pierced_by.is_empty() {
                                losses.push(format!(
                                    "NOT ipblock@{name}: {}, so fewer are spared",
                                    elsewhere(network)
                                ));
                            }
                            *name = network.name.clone();
                        }
                    }
                }
                Rule::Limit { .. } => {}
            }
        }
    }
}

fn elsewhere(network: &Network) -> String {
    let others: Vec<&str> = network.pierced_by.iter().map(String::as_str).take(3).collect();
    format!("addresses that are in {} as well belong to that network alone", others.join(", "))
}
