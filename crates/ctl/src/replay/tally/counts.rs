use policy::verdict::Action;
use serde::Serialize;

/// What became of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What the policy does.
    pub action: Action,
    /// What it would do were it not for a shadow.
    pub would: Option<Action>,
    /// What was done before, by the other policy or by the log's status; none where that is not known.
    pub before: Option<Action>,
    /// Whether the user agent says that it is a browser.
    pub is_browser: bool,
}

impl Outcome {
    /// Whether the policy refuses it.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.action != Action::Allow
    }

    /// Whether it passed before and is refused now.
    #[must_use]
    pub fn is_newly_refused(&self) -> bool {
        self.is_refused() && self.before == Some(Action::Allow)
    }

    /// Whether it was refused before and passes now.
    #[must_use]
    pub fn is_newly_allowed(&self) -> bool {
        !self.is_refused() && self.before.is_some_and(|before| before != Action::Allow)
    }
}

/// How many requests of which outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Passed on.
    pub allow: u64,
    /// Answered 429.
    pub limit: u64,
    /// Answered 403.
    pub deny: u64,
    /// Of those that pass, those that a shadow keeps from being limited.
    pub would_limit: u64,
    /// Of those that pass, those that a shadow keeps from being denied.
    pub would_deny: u64,
    /// Of those refused, those that passed before.
    pub newly_refused: u64,
    /// Of those that pass, those that were refused before.
    pub newly_allowed: u64,
    /// All whose user agent says that it is a browser.
    pub browser: u64,
}

impl Counts {
    /// Takes note of a request.
    pub fn add(&mut self, outcome: &Outcome) {
        match outcome.action {
            Action::Allow => self.allow += 1,
            Action::Limit => self.limit += 1,
            Action::Deny => self.deny += 1,
        }
        match outcome.would {
            Some(Action::Limit) => self.would_limit += 1,
            Some(Action::Deny) => self.would_deny += 1,
            Some(Action::Allow) | None => {}
        }
        self.newly_refused += u64::from(outcome.is_newly_refused());
        self.newly_allowed += u64::from(outcome.is_newly_allowed());
        self.browser += u64::from(outcome.is_browser);
    }

    /// All requests.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.allow + self.limit + self.deny
    }

    /// Those that are refused.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.limit + self.deny
    }
}
