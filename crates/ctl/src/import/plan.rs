//! Rules of all actions → the sections of a policy.

use std::collections::{BTreeMap, BTreeSet};

use super::class::{Class, MAX_AGENTS, MAX_CLASSES, RuleFacts, classes, overlap};
use super::condition::Agent;
use super::exemption::{Spared, exemptions};
use super::name::Names;
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
    while plan.made_of(objects, carried) > MAX_CLASSES {
        let last =
            carried.iter().rposition(|entry| entry.intent.rules.iter().any(|rule| !agents(rule).is_empty()));
        let Some(entry) = last.map(|place| carried.remove(place)) else { break };
        rejected.push((
            entry.action,
            format!("a policy has room for {MAX_CLASSES} classes of its own, and no more"),
        ));
    }
    plan.fill(objects, carried);
    (plan, rejected)
}

/// The user agents of a rule.
fn agents(rule: &Rule) -> &[Agent] {
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

fn reject_unknown_scopes(
    objects: &[Object],
    scopes: &Scopes,
    carried: &mut Vec<Carried>,
    rejected: &mut Vec<Rejected>,
) {
    loop {
        let refused = refused_ipblocks(carried);
        let is_unknown = |name: &String| {
            objects.iter().any(|object| {
                object.kind == Kind::Ipblock
                    && object.name == *name
                    && kind_of(object, &refused, scopes).is_none()
            })
        };
        let unknown = |rule: &Rule| match rule {
            Rule::Refuse { unless, .. } => unless.iter().find_map(|condition| match condition {
                Condition::Network(name) if is_unknown(name) => Some(name.clone()),
                _ => None,
            }),
            _ => None,
        };
        let found = carried
            .iter()
            .enumerate()
            .find_map(|(n, entry)| Some((n, entry.intent.rules.iter().find_map(unknown)?)));
        let Some((place, name)) = found else { return };
        let scope = name.split_once('/').map_or("", |(scope, _)| scope);
        let why = format!(
            "NOT ipblock@{name}: of what kind are ipblocks of the scope {scope}? Say it with --scope {scope}=KIND"
        );
        rejected.push((carried.remove(place).action, why));
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

/// A rule that names user agents, and whose it is.
struct Numbered<'c> {
    rule: &'c Rule,
    /// Its place among the actions that are carried over.
    entry: usize,
    shadow: bool,
}

fn numbered(carried: &[Carried]) -> Vec<Numbered<'_>> {
    let rules = carried.iter().enumerate().flat_map(|(entry, of)| {
        of.intent.rules.iter().map(move |rule| Numbered { rule, entry, shadow: of.shadow })
    });
    rules.filter(|numbered| !matches!(numbered.rule, Rule::Network(_))).collect()
}

impl Plan {
    /// Makes the classes, and says how many there are beside the built-in ones.
    fn made_of(&mut self, objects: &[Object], carried: &[Carried]) -> usize {
        let rules = numbered(carried);
        let pattern = |numbered: &Numbered<'_>| {
            let entry = carried.get(numbered.entry);
            let first = entry.and_then(|entry| {
                let is_agent = |name: &&str| {
                    objects.iter().any(|object| {
                        object.kind == Kind::Pattern
                            && object.name == *name
                            && object.text("header").eq_ignore_ascii_case("user-agent")
                    })
                };
                entry
                    .intent
                    .sources
                    .iter()
                    .filter_map(|source| source.strip_prefix("pattern@"))
                    .find(is_agent)
            });
            first.unwrap_or("class").to_owned()
        };
        let patterns: Vec<String> = rules.iter().map(pattern).collect();
        let facts = rules.iter().zip(&patterns).map(|(numbered, pattern)| RuleFacts {
            pattern,
            agents: agents(numbered.rule),
            refuses: !numbered.shadow && matches!(numbered.rule, Rule::Refuse { .. }),
        });
        self.classes = classes(&facts.collect::<Vec<_>>());
        self.classes.iter().filter(|class| class.name != "none").count()
    }

    /// Makes stages, exemptions and limits, and notes where each action went and what it lost.
    fn fill(&mut self, objects: &[Object], carried: &mut [Carried]) {
        let name_of = |entry: usize, carried: &[Carried]| {
            let object = carried.get(entry).and_then(|entry| objects.get(entry.action));
            object.map(|object| (object.name.clone(), object.short_name().to_owned())).unwrap_or_default()
        };
        let mut losses: Vec<(usize, String)> = Vec::new();
        let mut to: Vec<(usize, String)> = Vec::new();
        let rules = numbered(carried);
        let mut refused_whole = BTreeSet::new();
        let mut spared: BTreeMap<Spared, (Vec<String>, BTreeSet<usize>)> = BTreeMap::new();
        for class in &self.classes {
            let of: Vec<&Numbered<'_>> = class.rules.iter().filter_map(|&n| rules.get(n)).collect();
            let refusals = |shadow: bool| {
                of.iter()
                    .copied()
                    .filter(move |n| n.shadow == shadow && matches!(n.rule, Rule::Refuse { .. }))
            };
            let shadow = refusals(false).next().is_none();
            let in_force: Vec<&Numbered<'_>> = refusals(shadow).collect();
            if in_force.is_empty() {
                continue;
            }
            let unless: Vec<&[Condition]> = in_force.iter().map(|numbered| unless(numbered.rule)).collect();
            let (lifts, is_less) = exemptions(&unless);
            if lifts.is_empty() && !shadow {
                refused_whole.insert(class.name.clone());
            }
            for numbered in &in_force {
                to.push((numbered.entry, format!("user_agents.stages.{}", class.name)));
                if is_less {
                    let why = format!(
                        "class {}: not all that spares a request can be asked at once, so fewer are spared",
                        class.name
                    );
                    losses.push((numbered.entry, why));
                }
            }
            if !shadow && !lifts.is_empty() {
                for numbered in refusals(true) {
                    losses.push((
                        numbered.entry,
                        format!(
                            "class {} is refused by another action, which hides what this one would do",
                            class.name
                        ),
                    ));
                }
            }
            for numbered in if shadow { Vec::new() } else { refusals(true).collect() } {
                to.push((numbered.entry, format!("user_agents.stages.{}", class.name)));
            }
            let entries: BTreeSet<usize> = in_force.iter().map(|numbered| numbered.entry).collect();
            for conditions in lifts {
                let (classes, of) = spared.entry(conditions).or_default();
                classes.push(class.name.clone());
                of.extend(&entries);
            }
            let actions = entries.iter().map(|&entry| name_of(entry, carried).0).collect();
            self.stages.push(Stage { class: class.name.clone(), shadow, actions });
        }
        let mut names = Names::new([], 64, '_');
        for (conditions, (classes, entries)) in spared {
            let first = entries.first().map(|&entry| name_of(entry, carried).1).unwrap_or_default();
            let name = names.identifier(&first);
            to.extend(entries.iter().map(|&entry| (entry, format!("exemptions: {name}"))));
            let actions = entries.iter().map(|&entry| name_of(entry, carried).0).collect();
            self.exemptions.push(Exemption { name, classes, conditions, actions });
        }
        let mut names = Names::new([], 64, '_');
        for (n, numbered) in rules.iter().enumerate() {
            let Rule::Limit { agents, paths, quota } = numbered.rule else { continue };
            let (action, short) = name_of(numbered.entry, carried);
            let classes = match agents.is_empty() {
                true => Vec::new(),
                false => {
                    self.classes.iter().filter(|c| c.rules.contains(&n)).map(|c| c.name.clone()).collect()
                }
            };
            let name = names.identifier(&short);
            to.push((numbered.entry, format!("limits: {name}")));
            let (paths, quota, shadow) = (paths.clone(), quota.clone(), numbered.shadow);
            self.limits.push(Limit { name, classes, paths, quota, shadow, action });
        }
        losses.extend(self.hidden(&rules, &refused_whole));
        for (entry, place) in to {
            carried.get_mut(entry).map(|entry| entry.to.insert(place));
        }
        for (entry, loss) in losses {
            if let Some(entry) = carried.get_mut(entry).filter(|entry| !entry.intent.losses.contains(&loss)) {
                entry.intent.losses.push(loss);
            }
        }
    }

    /// What a rule loses to classes that stand before its own: a user agent of both is of the first alone.
    fn hidden(&self, rules: &[Numbered<'_>], refused_whole: &BTreeSet<String>) -> Vec<(usize, String)> {
        let mut hidden = BTreeMap::new();
        for (n, first) in
            self.classes.iter().enumerate().filter(|(_, first)| !refused_whole.contains(&first.name))
        {
            for second in
                self.classes.iter().skip(n.saturating_add(1)).filter(|second| overlap(first, second))
            {
                for rule in second.rules.difference(&first.rules) {
                    if let Some(numbered) = rules.get(*rule) {
                        let why = || {
                            format!(
                                "a user agent of class {} that is of class {} as well is of the former alone",
                                first.name, second.name
                            )
                        };
                        hidden.entry(numbered.entry).or_insert_with(why);
                    }
                }
            }
        }
        hidden.into_iter().collect()
    }
}

fn unless(rule: &Rule) -> &[Condition] {
    match rule {
        Rule::Refuse { unless, .. } => unless,
        _ => &[],
    }
}
