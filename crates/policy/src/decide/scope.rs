use serde_saphyr::Spanned;

use super::case::Case;
use crate::classify::Tier;
use crate::classify::user_agent::{UaClass, UserAgents};
use crate::compile::Compiler;
use crate::document::LimitDocument;

/// Some classes of user agents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ClassSet(u64);

impl ClassSet {
    pub(crate) const ALL: Self = Self(u64::MAX);

    pub(crate) fn contains(self, class: UaClass) -> bool {
        self.0 & bit(class.index()) != 0
    }

    /// Whether every class of `other` is in this one too.
    pub(crate) fn covers(self, other: Self) -> bool {
        self.0 | other.0 == self.0
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

/// Whom a rule concerns: clients of these tiers, classes and browser scores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scope {
    tiers: u64,
    classes: ClassSet,
    /// First and last browser score.
    scores: (u8, u8),
}

impl Scope {
    /// Clients of whom nothing is known that would exempt them from filters: tiers D, E and F.
    pub(crate) const FILTERED: Self = Self {
        tiers: 1 << Tier::D as u32 | 1 << Tier::E as u32 | 1 << Tier::F as u32,
        classes: ClassSet::ALL,
        scores: ANY_SCORE,
    };
    /// Clients of every tier that rules are asked about.
    pub(crate) const EVERYBODY: Self = Self { tiers: u64::MAX, classes: ClassSet::ALL, scores: ANY_SCORE };

    pub(crate) fn holds(&self, case: &Case<'_, '_>) -> bool {
        let client = case.client;
        self.tiers & bit(client.tier as usize) != 0
            && self.classes.contains(client.ua_class)
            && (self.scores.0..=self.scores.1).contains(&client.browser_score)
    }

    pub(crate) fn has_class(&self, class: UaClass) -> bool {
        self.classes.contains(class)
    }

    pub(crate) fn has_tier(&self, tier: Tier) -> bool {
        self.tiers & bit(tier as usize) != 0
    }

    /// Whether everybody in `other` is in this one too.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        self.tiers | other.tiers == self.tiers
            && self.classes.covers(other.classes)
            && self.scores.0 <= other.scores.0
            && self.scores.1 >= other.scores.1
    }

    /// Whom a limit counts, whose keys stand below `key`: all classes where none is named, and [`Scope::FILTERED`] where no tier
    /// is.
    pub(crate) fn compile(
        section: &LimitDocument,
        key: &str,
        agents: &UserAgents,
        compiler: &mut Compiler<'_>,
    ) -> Self {
        let LimitDocument { tiers, classes, score_from, score_below, .. } = section;
        let by_score = score_from.as_ref().or(score_below.as_ref());
        let mut set = match (tiers.is_empty(), by_score) {
            (true, None) => Self::FILTERED.tiers,
            // Only tiers C and E have a score.
            (true, Some(_)) => bit(Tier::E as usize),
            (false, _) => 0,
        };
        for (n, tier) in tiers.iter().enumerate() {
            let key = format!("{key}.tiers[{n}]");
            match tier.value.parse::<Tier>() {
                Ok(Tier::A) => {
                    compiler.note(tier, key, "tier A passes everything, so no limit counts it");
                }
                Ok(Tier::B | Tier::D | Tier::F) if by_score.is_some() => {
                    let message = format!("tier {} has no browser score: only C and E have", tier.value);
                    compiler.note(tier, key, message);
                }
                Ok(tier) => set |= bit(tier as usize),
                Err(why) => {
                    compiler.note(tier, key, format!("\"{}\" is {why}", tier.value));
                }
            }
        }
        let classes = ClassSet::compile(classes, &format!("{key}.classes"), agents, compiler);
        Self { tiers: set, classes, scores: compile_scores(score_from, score_below, key, compiler) }
    }
}

/// Every browser score.
const ANY_SCORE: (u8, u8) = (0, 100);

/// The browser scores from one value on and below another; all where neither is given.
fn compile_scores(
    from: &Option<Spanned<u8>>,
    below: &Option<Spanned<u8>>,
    key: &str,
    compiler: &mut Compiler<'_>,
) -> (u8, u8) {
    let first = from.as_ref().map_or(0, |from| from.value);
    let end = below.as_ref().map_or(101, |below| below.value);
    if let Some(bound) = from.as_ref().or(below.as_ref()).filter(|_| first >= end || first > 100 || end > 101)
    {
        let message = format!("no browser score is from {first} to below {end}; scores are 0 to 100");
        compiler.note(bound, format!("{key}.score_from"), message);
    }
    (first, end.saturating_sub(1))
}

/// Every class and every tier has an index below 64.
fn bit(index: usize) -> u64 {
    u32::try_from(index).ok().and_then(|index| 1_u64.checked_shl(index)).unwrap_or(0)
}
