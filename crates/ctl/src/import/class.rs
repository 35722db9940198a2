//! User agents of rules → classes. A request has one class; in requestctl it may fit several patterns.
//!
//! A class is the user agents that the same rules name, so that each pattern stands once. One user agent whose text implies
//! another's (`foobot-images` implies `foobot`) is named by the rules of both, and its class stands before the other's.

use std::collections::{BTreeMap, BTreeSet};

use super::condition::Agent;
use super::name::Names;

/// Most classes that a policy can add to the built-in ones.
pub(super) const MAX_CLASSES: usize = policy::classify::user_agent::MAX_CLASSES - BUILT_IN.len();
/// Most user agents that are compared with each other.
pub(super) const MAX_AGENTS: usize = 1024;
/// Classes that every policy has.
const BUILT_IN: [&str; 7] = ["none", "library_default", "cli", "mediawiki", "bot", "browser", "other"];

/// A class of the policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Class {
    pub(super) name: String,
    /// Sorted; only [`Agent::Absent`] in the class `none`.
    pub(super) agents: Vec<Agent>,
    /// The rules that name it, by number.
    pub(super) rules: BTreeSet<usize>,
}

/// What is asked of the rules.
pub(super) struct RuleFacts<'r> {
    pub(super) agents: &'r [Agent],
    /// Whether it refuses, and not only in shadow.
    pub(super) refuses: bool,
}

/// The classes of rules, in the order in which they are to be matched. A class has the name of the pattern that its first user
/// agent comes from.
pub(super) fn classes(rules: &[RuleFacts<'_>], origins: &BTreeMap<Agent, String>) -> Vec<Class> {
    let mut named: BTreeMap<&Agent, BTreeSet<usize>> = BTreeMap::new();
    for (n, rule) in rules.iter().enumerate() {
        for agent in rule.agents {
            named.entry(agent).or_default().insert(n);
        }
    }
    let mut groups: BTreeMap<BTreeSet<usize>, Vec<Agent>> = BTreeMap::new();
    let mut absent = None;
    for (&agent, rules) in &named {
        let implied = named.iter().filter(|(other, _)| implies(agent, other));
        let all: BTreeSet<usize> = implied.flat_map(|(_, rules)| rules).chain(rules).copied().collect();
        match agent {
            Agent::Absent => absent = Some(all),
            _ => groups.entry(all).or_default().push(agent.clone()),
        }
    }
    let refused = |of: &BTreeSet<usize>| of.iter().any(|&n| rules.get(n).is_some_and(|rule| rule.refuses));
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(of, _)| (!refused(of), std::cmp::Reverse(of.len())));
    let mut names = Names::new(BUILT_IN, 64, '_');
    let mut classes: Vec<Class> = absent
        .map(|rules| Class { name: "none".to_owned(), agents: vec![Agent::Absent], rules })
        .into_iter()
        .collect();
    for (of, agents) in groups {
        let first = agents.iter().find_map(|agent| origins.get(agent)).map_or("class", |name| &**name);
        classes.push(Class { name: names.identifier(first), agents, rules: of });
    }
    classes
}

/// Whether every user agent that is `one` is `other` as well.
fn implies(one: &Agent, other: &Agent) -> bool {
    match (one, other) {
        (Agent::Product(text) | Agent::Contains(text), Agent::Contains(part)) => {
            one != other && text.contains(&**part)
        }
        _ => false,
    }
}

/// Whether a user agent may be of both classes by their patterns: products are one in each user agent, texts any number.
pub(super) fn overlap(a: &Class, b: &Class) -> bool {
    let has = |class: &Class, wanted: fn(&Agent) -> bool| class.agents.iter().any(wanted);
    let is_text = |agent: &Agent| matches!(agent, Agent::Contains(_));
    let is_none = |agent: &Agent| matches!(agent, Agent::Absent);
    !has(a, is_none) && !has(b, is_none) && (has(a, is_text) || has(b, is_text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product(name: &str) -> Agent {
        Agent::Product(name.into())
    }

    fn text(text: &str) -> Agent {
        Agent::Contains(text.into())
    }

    fn made(rules: &[(&[Agent], bool)]) -> Vec<(Vec<Agent>, Vec<usize>)> {
        let facts: Vec<_> =
            rules.iter().map(|(agents, refuses)| RuleFacts { agents, refuses: *refuses }).collect();
        classes(&facts, &BTreeMap::new())
            .into_iter()
            .map(|class| (class.agents, class.rules.into_iter().collect()))
            .collect()
    }

    #[test]
    fn user_agents_that_the_same_rules_name_are_one_class() {
        let (a, b, c) = (product("a"), product("b"), product("c"));
        let read = made(&[(&[a.clone(), b.clone()], false), (&[a.clone(), b.clone(), c.clone()], false)]);
        assert_eq!(read, [(vec![a, b], vec![0, 1]), (vec![c], vec![1])]);
    }

    #[test]
    fn what_is_refused_stands_first_and_what_is_implied_behind() {
        let (wide, narrow, refused) = (text("foobot"), text("foobot-images"), product("zzz"));
        let of = std::slice::from_ref::<Agent>;
        let rules = [(of(&wide), false), (of(&narrow), false), (of(&refused), true)];
        assert_eq!(
            made(&rules),
            [
                (vec![refused.clone()], vec![2]),
                (vec![narrow.clone()], vec![0, 1]),
                (vec![wide.clone()], vec![0])
            ]
        );
    }

    #[test]
    fn no_user_agent_is_the_built_in_class() {
        assert_eq!(made(&[(&[Agent::Absent], true)]), [(vec![Agent::Absent], vec![0])]);
    }

    #[test]
    fn the_built_in_classes_are_those_of_the_policy() {
        let known = policy::classify::user_agent::UserAgents::compile(&[]).unwrap();
        assert_eq!(known.classes().map(|(_, name)| name).collect::<Vec<_>>(), BUILT_IN);
    }
}
