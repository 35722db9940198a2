use serde_saphyr::Spanned;

use super::client::Client;
use crate::classify::Tier;
use crate::classify::user_agent::{UaClass, UserAgents};
use crate::compile::Compiler;

/// Some classes of user agents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ClassSet(u64);

impl ClassSet {
    pub(crate) const ALL: Self = Self(u64::MAX);

    pub(crate) fn contains(self, class: UaClass) -> bool {
        self.0 & bit(class.index()) != 0
    }

    /// The classes of a list, which stands at `key`; an empty list means all.
    pub(crate) fn compile(
        names: &[Spanned<String>],
        key: &str,
        agents: &UserAgents,
        compiler: &mut Compiler<'_>,
    ) -> Self {
        if names.is_empty() {
            return Self::ALL;
        }
        let mut set = 0;
        for (n, name) in names.iter().enumerate() {
            if let Some(class) = compile_class(name, &format!("{key}[{n}]"), agents, compiler) {
                set |= bit(class.index());
            }
        }
        Self(set)
    }
}

/// The class that a policy names at `key`, which some user agent can be of.
pub(crate) fn compile_class(
    name: &Spanned<String>,
    key: &str,
    agents: &UserAgents,
    compiler: &mut Compiler<'_>,
) -> Option<UaClass> {
    let Some(class) = agents.class(&name.value) else {
        let known = agents.classes().map(|(_, name)| name).collect::<Vec<_>>();
        let message = format!("no class \"{}\"; expected one of {}", name.value, known.join(", "));
        compiler.note(name, key, message).did_you_mean(&name.value, known);
        return None;
    };
    if !agents.can_match(class) {
        let message = format!("no user agent is ever \"{}\": the class has no pattern", name.value);
        compiler.note(name, key, message).hint("name the file of patterns: user_agents.classes");
    }
    Some(class)
}

/// Whom a limit counts: clients of these tiers and classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scope {
    tiers: u64,
    classes: ClassSet,
}

impl Scope {
    pub(crate) const EVERYBODY: Self = Self { tiers: u64::MAX, classes: ClassSet::ALL };

    pub(crate) fn holds(&self, client: &Client<'_>) -> bool {
        self.tiers & bit(client.tier as usize) != 0 && self.classes.contains(client.class)
    }

    /// Whether everybody in `other` is in this one too.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        self.tiers | other.tiers == self.tiers && self.classes.0 | other.classes.0 == self.classes.0
    }

    /// Tiers and classes as lists, which stand below `key`; an empty list means all.
    pub(crate) fn compile(
        tiers: &[Spanned<String>],
        classes: &[Spanned<String>],
        key: &str,
        agents: &UserAgents,
        compiler: &mut Compiler<'_>,
    ) -> Self {
        let mut set = if tiers.is_empty() { u64::MAX } else { 0 };
        for (n, tier) in tiers.iter().enumerate() {
            let key = format!("{key}.tiers[{n}]");
            match tier.value.parse::<Tier>() {
                Ok(Tier::A) => {
                    compiler.note(tier, key, "tier A passes everything, so no limit counts it");
                }
                Ok(tier) => set |= bit(tier as usize),
                Err(why) => {
                    compiler.note(tier, key, format!("\"{}\" is {why}", tier.value));
                }
            }
        }
        let classes = ClassSet::compile(classes, &format!("{key}.classes"), agents, compiler);
        Self { tiers: set, classes }
    }
}

/// Every class and every tier has an index below 64.
fn bit(index: usize) -> u64 {
    u32::try_from(index).ok().and_then(|index| 1_u64.checked_shl(index)).unwrap_or(0)
}
