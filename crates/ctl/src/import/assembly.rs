//! Rules that name user agents → stages, exemptions and limits, by the classes that they name.

use std::collections::{BTreeMap, BTreeSet};

use super::class::{Class, RuleFacts, overlap};
use super::exemption::{Spared, exemptions};
use super::name::Names;
use super::object::Object;
use super::plan::{Carried, Exemption, Limit, Plan, Stage, agents};
use super::rule::{Condition, Rule};

/// A rule of an action, and whose it is.
pub(super) struct Numbered<'c> {
    rule: &'c Rule,
    /// The place of its action among those that are carried over.
    entry: usize,
    shadow: bool,
}

/// The rules about user agents and paths of all actions, in their order.
pub(super) fn numbered(carried: &[Carried]) -> Vec<Numbered<'_>> {
    let rules = carried.iter().enumerate().flat_map(|(entry, of)| {
        of.intent.rules.iter().map(move |rule| Numbered { rule, entry, shadow: of.shadow })
    });
    rules.filter(|numbered| !matches!(numbered.rule, Rule::Network(_))).collect()
}

/// What classes are made of.
pub(super) fn facts<'r>(rules: &'r [Numbered<'_>]) -> Vec<RuleFacts<'r>> {
    let fact = |numbered: &'r Numbered<'_>| RuleFacts {
        agents: agents(numbered.rule),
        refuses: !numbered.shadow && numbered.is_refusal(),
    };
    rules.iter().map(fact).collect()
}

impl<'c> Numbered<'c> {
    fn is_refusal(&self) -> bool {
        matches!(self.rule, Rule::Refuse { .. })
    }

    fn unless(&self) -> &'c [Condition] {
        match self.rule {
            Rule::Refuse { unless, .. } => unless,
            _ => &[],
        }
    }
}

/// Fills the sections of a plan whose classes are made, and notes at each action where it went and what it lost.
pub(super) fn assemble(plan: &mut Plan, objects: &[Object], carried: &mut [Carried]) {
    let mut notes = Notes::default();
    let names: Vec<(&str, &str)> = carried
        .iter()
        .map(|entry| {
            objects.get(entry.action).map_or(("", ""), |object| (&*object.name, object.short_name()))
        })
        .collect();
    let rules = numbered(carried);
    let refusals = Refusals::of(&plan.classes, &rules, &mut notes);
    notes.hidden(&plan.classes, &rules, &refusals.whole);
    plan.stages = refusals.stages(&names);
    plan.exemptions = refusals.exemptions(&names, &mut notes);
    plan.limits = limits(&plan.classes, &rules, &names, &mut notes);
    notes.hand_over(carried);
}

/// What is to be said of actions, by their places.
#[derive(Default)]
struct Notes {
    to: Vec<(usize, String)>,
    losses: Vec<(usize, String)>,
}

impl Notes {
    fn hand_over(self, carried: &mut [Carried]) {
        for (entry, place) in self.to {
            carried.get_mut(entry).map(|entry| entry.to.insert(place));
        }
        for (entry, loss) in self.losses {
            if let Some(entry) = carried.get_mut(entry).filter(|entry| !entry.intent.losses.contains(&loss)) {
                entry.intent.losses.push(loss);
            }
        }
    }

    /// What rules lose to classes that stand before their own: a user agent of both is of the first alone. Where that is
    /// refused whatever it asks for, nothing is lost.
    fn hidden(&mut self, classes: &[Class], rules: &[Numbered<'_>], refused_whole: &BTreeSet<String>) {
        let mut hidden = BTreeMap::new();
        for (n, first) in classes.iter().enumerate().filter(|(_, first)| !refused_whole.contains(&first.name))
        {
            let behind = classes.iter().skip(n.saturating_add(1));
            for second in behind.filter(|second| overlap(first, second)) {
                for rule in second.rules.difference(&first.rules).filter_map(|&rule| rules.get(rule)) {
                    let why = || {
                        let (first, second) = (&first.name, &second.name);
                        format!(
                            "a user agent of class {first} that fits {second} as well is of the former alone"
                        )
                    };
                    hidden.entry(rule.entry).or_insert_with(why);
                }
            }
        }
        self.losses.extend(hidden);
    }
}

/// The classes that are refused.
#[derive(Default)]
struct Refusals {
    /// Each with whether it is in shadow, and the actions that refuse it.
    classes: Vec<(String, bool, BTreeSet<usize>)>,
    /// Those that nothing lifts, and that are in force.
    whole: BTreeSet<String>,
    /// What lifts the refusal of which classes, and whose rules say so.
    spared: BTreeMap<Spared, (Vec<String>, BTreeSet<usize>)>,
}

impl Refusals {
    fn of(classes: &[Class], rules: &[Numbered<'_>], notes: &mut Notes) -> Self {
        let mut refusals = Self::default();
        for class in classes {
            let of: Vec<&Numbered<'_>> =
                class.rules.iter().filter_map(|&n| rules.get(n)).filter(|rule| rule.is_refusal()).collect();
            if !of.is_empty() {
                refusals.add(&class.name, &of, notes);
            }
        }
        refusals
    }

    /// A class with the rules that refuse it: those in force, or where there are none, those in shadow.
    fn add(&mut self, class: &str, of: &[&Numbered<'_>], notes: &mut Notes) {
        let shadow = of.iter().all(|rule| rule.shadow);
        let (counting, hidden): (Vec<&Numbered<'_>>, Vec<&Numbered<'_>>) =
            of.iter().partition(|rule| rule.shadow == shadow);
        let unless: Vec<&[Condition]> = counting.iter().map(|rule| rule.unless()).collect();
        let (lifts, is_less) = exemptions(&unless);
        if lifts.is_empty() && !shadow {
            self.whole.insert(class.to_owned());
        }
        notes.to.extend(of.iter().map(|rule| (rule.entry, format!("user_agents.stages.{class}"))));
        if is_less {
            let why = format!(
                "class {class}: not all that spares a request can be asked at once, so fewer are spared"
            );
            notes.losses.extend(counting.iter().map(|rule| (rule.entry, why.clone())));
        }
        if !lifts.is_empty() {
            let why =
                format!("class {class} is refused by another action, which hides what this one would do");
            notes.losses.extend(hidden.iter().map(|rule| (rule.entry, why.clone())));
        }
        let entries: BTreeSet<usize> = counting.iter().map(|rule| rule.entry).collect();
        for conditions in lifts {
            let (classes, of) = self.spared.entry(conditions).or_default();
            classes.push(class.to_owned());
            of.extend(&entries);
        }
        self.classes.push((class.to_owned(), shadow, entries));
    }

    fn stages(&self, names: &[(&str, &str)]) -> Vec<Stage> {
        let stage = |(class, shadow, entries): &(String, bool, BTreeSet<usize>)| Stage {
            class: class.clone(),
            shadow: *shadow,
            actions: full_names(entries, names),
        };
        self.classes.iter().map(stage).collect()
    }

    fn exemptions(&self, names: &[(&str, &str)], notes: &mut Notes) -> Vec<Exemption> {
        let mut given = Names::new([], 64, '_');
        let mut exemptions = Vec::new();
        for (conditions, (classes, entries)) in &self.spared {
            let first = entries.first().and_then(|&entry| names.get(entry)).map_or("", |(_, short)| short);
            let name = given.identifier(first);
            notes.to.extend(entries.iter().map(|&entry| (entry, format!("exemptions: {name}"))));
            let actions = full_names(entries, names);
            exemptions.push(Exemption {
                name,
                classes: classes.clone(),
                conditions: conditions.clone(),
                actions,
            });
        }
        exemptions
    }
}

fn full_names(entries: &BTreeSet<usize>, names: &[(&str, &str)]) -> Vec<String> {
    entries.iter().filter_map(|&entry| names.get(entry)).map(|(full, _)| (*full).to_owned()).collect()
}

fn limits(
    classes: &[Class],
    rules: &[Numbered<'_>],
    names: &[(&str, &str)],
    notes: &mut Notes,
) -> Vec<Limit> {
    let mut given = Names::new([], 64, '_');
    let mut limits = Vec::new();
    for (n, numbered) in rules.iter().enumerate() {
        let Rule::Limit { agents, paths, quota } = numbered.rule else { continue };
        let (action, short) = names.get(numbered.entry).copied().unwrap_or_default();
        let counted = classes.iter().filter(|class| !agents.is_empty() && class.rules.contains(&n));
        let name = given.identifier(short);
        notes.to.push((numbered.entry, format!("limits: {name}")));
        limits.push(Limit {
            name,
            classes: counted.map(|class| class.name.clone()).collect(),
            paths: paths.clone(),
            quota: quota.clone(),
            shadow: numbered.shadow,
            action: action.to_owned(),
        });
    }
    limits
}
