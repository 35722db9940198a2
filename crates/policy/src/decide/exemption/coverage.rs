//! Which exemptions hold whenever another one does.

use super::Exemption;
use crate::classify::user_agent::UaClass;
use crate::facts::host::HostPattern;

impl Exemption {
    pub(crate) fn concerns(&self, class: UaClass) -> bool {
        self.classes.contains(class)
    }

    /// Whether this one holds whenever `other` does: each of its conditions follows from one of `other`.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        let until = |exemption: &Self| exemption.ending.as_ref().map(|ending| ending.until);
        until(self).is_none_or(|own| until(other).is_some_and(|theirs| theirs <= own))
            && self.classes.covers(other.classes)
            && follows(&self.methods, &other.methods, |own, theirs| own == theirs)
            && follows(&self.networks, &other.networks, |own, theirs| own == theirs)
            && follows(&self.hosts, &other.hosts, HostPattern::covers)
            && follows(&self.paths, &other.paths, |own, theirs| own.covers(theirs))
            && self.headers.is_none_or(|own| other.headers.is_some_and(|theirs| own.has_all(theirs)))
    }
}

/// Whether a request that fits one of `theirs` fits one of `own`; an empty list fits every request.
fn follows<T>(own: &[T], theirs: &[T], covers: impl Fn(&T, &T) -> bool) -> bool {
    own.is_empty()
        || !theirs.is_empty() && theirs.iter().all(|theirs| own.iter().any(|own| covers(own, theirs)))
}
