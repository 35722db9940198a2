//! What a rule for images leaves to those behind it.

use super::{ImageAction, ImageRule, ImageRules, bit};
use crate::facts::PathPattern;
use crate::seal::{Provenance, SealStatus};

impl ImageRules {
    /// Whether rules before the one at `n` decide everything that it could: each combination of its statuses, sources and paths that a
    /// URL can have.
    pub(crate) fn is_unreachable(&self, n: usize, provenance: &Provenance) -> bool {
        let Some(rule) = self.rules.get(n) else { return false };
        let earlier = self.rules.get(..n).unwrap_or_default();
        let decides = |status, source: Option<&str>, path: Option<&PathPattern>| {
            earlier.iter().any(|before| before.decides_for(rule, status, source, path))
        };
        let for_paths = |status, source| match &*rule.paths {
            [] => decides(status, source, None),
            paths => paths.iter().all(|path| decides(status, source, Some(path))),
        };
        let mut statuses = rule.statuses_that_hold(provenance).peekable();
        statuses.peek().is_some()
            && statuses.all(|status| match &*rule.sources {
                [] => for_paths(status, None),
                sources => sources.iter().all(|source| for_paths(status, Some(source))),
            })
    }
}

impl ImageRule {
    /// The statuses of this rule that a URL can have together with its other conditions.
    pub(crate) fn statuses_that_hold(&self, provenance: &Provenance) -> impl Iterator<Item = SealStatus> {
        self.statuses().filter(|status| self.obstacle(*status, provenance).is_none())
    }

    /// Why a URL has none of its statuses together with its other conditions, status by status; empty where it can have one.
    pub(crate) fn obstacles(&self, provenance: &Provenance) -> Vec<(SealStatus, &'static str)> {
        let found = self.statuses().map(|status| Some((status, self.obstacle(status, provenance)?)));
        found.collect::<Option<Vec<_>>>().unwrap_or_default()
    }

    fn statuses(&self) -> impl Iterator<Item = SealStatus> {
        SealStatus::ALL.into_iter().filter(|status| self.statuses & bit(*status) != 0)
    }

    /// Why no URL has this status together with the other conditions, if that is certain. A rule in shadow may wait for keys.
    fn obstacle(&self, status: SealStatus, provenance: &Provenance) -> Option<&'static str> {
        use SealStatus::{Early, Forged, Malformed, None as NoParameter, Stale, Valid};
        let has_keys = self.shadow || provenance.keys().next().is_some();
        match status {
            NoParameter | Malformed if !self.sources.is_empty() => Some("has no source"),
            Forged | Early | Stale | Valid if !has_keys => Some("needs a key in provenance.keys"),
            Stale | Valid => self.obstacle_of_age(status, provenance),
            _ if self.older_than.is_some() => Some("has no age"),
            _ if self.is_free() => Some(NOT_FREE),
            _ => None,
        }
    }

    fn obstacle_of_age(&self, status: SealStatus, provenance: &Provenance) -> Option<&'static str> {
        if status != SealStatus::Valid {
            return self.is_free().then_some(NOT_FREE);
        }
        // A seal is never valid that no source allows its generator, and one that is valid no older than its source allows.
        let can_be = provenance.sources().any(|source| {
            let is_named = self.sources.is_empty() || self.sources.contains(&source.name);
            let can_be_as_old = self.older_than.is_none_or(|least| least < source.max_age);
            is_named && !source.generators.is_empty() && can_be_as_old
        });
        (!can_be).then_some("needs a source that has a generator and allows such an age")
    }

    fn is_free(&self) -> bool {
        matches!(self.action, ImageAction::Free)
    }

    /// Whether this rule, which stands before `other`, decides in its place on all requests with this status, source and path (any,
    /// where `other` names none).
    fn decides_for(
        &self,
        other: &Self,
        status: SealStatus,
        source: Option<&str>,
        path: Option<&PathPattern>,
    ) -> bool {
        // `free` has a condition of its own, which only another `free` has.
        !self.shadow
            && self.statuses & bit(status) != 0
            && (!self.is_free() || other.is_free())
            && (self.sources.is_empty()
                || source.is_some_and(|of| self.sources.iter().any(|own| **own == *of)))
            && (self.paths.is_empty()
                || path.is_some_and(|path| self.paths.iter().any(|own| own.covers(path))))
            && self.older_than.is_none_or(|least| other.older_than.is_some_and(|theirs| theirs >= least))
            && self.referer.is_none_or(|referer| other.referer == Some(referer))
    }
}

/// What keeps a rule with `free` from any other status.
const NOT_FREE: &str = "is never free";

#[cfg(test)]
mod tests;
