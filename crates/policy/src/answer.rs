//! What a refused request is told: what happened, what was wrong, what to do about it, and whom to write to.
//!
//! One wording, three media: the sentences are said once (`wording`), to a writer that knows its medium (`prose`).
//!
//! 1. `compile`: section `errors` of the policy → [`Texts`].
//! 2. [`negotiate`](negotiate::negotiate): `Accept` → [`MediaType`].
//! 3. `cause`: the rule that refused → what the sentences are about.
//! 4. `wording`: the sentences, said to a [`Prose`](prose::Prose).
//! 5. `untrusted`, `escape`: what comes from the request, made fit to stand in an answer.
//! 6. `html`, `json`: the bodies. Plain text is the four sentences in a row.
//!
//! HAProxy up to 3.0 writes each control character of a variable as `%0A` into a body, so that an answer has none: each body is
//! one line. Nothing here allocates.

mod compile;
mod texts;

mod negotiate;

mod cause;
mod prose;
mod wording;

mod escape;
mod untrusted;

mod html;
mod json;

#[cfg(test)]
mod tests;

use std::fmt;
use std::num::NonZeroU64;

pub use html::CONTENT_SECURITY_POLICY;
pub(crate) use texts::Texts;

use crate::Timestamp;
use crate::compile::{Operator, Policy};
use crate::facts::Request;
use crate::verdict::{Action, LimitState, Rule, Verdict};
use cause::Cause;
use wording::{Part, Sentence};

/// The media type of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MediaType {
    /// Problem details (RFC 9457), for programs.
    ProblemJson,
    /// A page, for people.
    Html,
    /// Plain text, for whoever does not say.
    Text,
}

impl MediaType {
    /// The value of `Content-Type`.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::ProblemJson => "application/problem+json",
            Self::Html => "text/html; charset=utf-8",
            Self::Text => "text/plain; charset=utf-8",
        }
    }
}

/// All that an answer is made of.
#[derive(Clone, Copy)]
pub(crate) struct Refusal<'a> {
    /// [`Action::Limit`] or [`Action::Deny`].
    pub(crate) action: Action,
    /// The rule that decided.
    pub(crate) rule: &'a Rule,
    /// Seconds until the request would be admitted; only with [`Action::Limit`].
    pub(crate) retry_after: Option<NonZeroU64>,
    /// The limit that refused it; only with [`Action::Limit`].
    pub(crate) limit: Option<LimitState<'a>>,
    /// Whom the client may turn to.
    pub(crate) operator: &'a Operator,
    /// Class of the user agent.
    pub(crate) ua_class: &'a str,
    /// `User-Agent` as sent.
    pub(crate) user_agent: Option<&'a [u8]>,
    /// The time from which on a stricter stage applies to the class of the user agent.
    pub(crate) next_change: Option<Timestamp>,
    /// The site's own texts.
    pub(crate) texts: &'a Texts,
}

/// The answer to a refused request. Renders into whatever the caller has; borrows from the policy and from the request.
#[derive(Clone, Copy)]
pub struct Answer<'a> {
    media_type: MediaType,
    cause: Cause<'a>,
    refusal: Refusal<'a>,
}

impl Policy {
    /// The answer that a refused request gets, in the media type that its `Accept` asks for; nothing where the verdict lets it
    /// pass.
    #[must_use]
    pub fn answer<'a>(&'a self, verdict: &Verdict<'a>, request: &Request<'a>) -> Option<Answer<'a>> {
        if verdict.action == Action::Allow {
            return None;
        }
        let refusal = Refusal {
            action: verdict.action,
            rule: verdict.rule,
            retry_after: verdict.retry_after,
            limit: verdict.limit,
            operator: &self.operator,
            ua_class: verdict.ua_class,
            user_agent: request.headers.user_agent(),
            next_change: verdict.next_change,
            texts: &self.texts,
        };
        let media_type = negotiate::negotiate(request.headers.accept(), self.texts.programs_ask(request));
        Some(Answer::new(media_type, refusal))
    }
}

impl<'a> Answer<'a> {
    pub(crate) fn new(media_type: MediaType, refusal: Refusal<'a>) -> Self {
        Self { media_type, cause: Cause::of(&refusal.rule.reason), refusal }
    }

    /// The media type of [`body`](Self::body).
    #[must_use]
    pub fn media_type(&self) -> MediaType {
        self.media_type
    }

    /// The value of `Content-Type`.
    #[must_use]
    pub fn content_type(&self) -> &'static str {
        self.media_type.content_type()
    }

    /// What happened: a few words, the same for every request that the rule refuses. Plain text on one line, as are
    /// [`detail`](Self::detail), [`advice`](Self::advice) and [`appeal`](Self::appeal).
    #[must_use]
    pub fn title(&self) -> impl fmt::Display + '_ {
        self.sentence(Part::Title)
    }

    /// What was wrong with the request, with its user agent where it is about that.
    #[must_use]
    pub fn detail(&self) -> impl fmt::Display + '_ {
        self.sentence(Part::Detail)
    }

    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> impl fmt::Display + '_ {
        self.sentence(Part::Advice)
    }

    /// Whom to write to, and where the rules are explained.
    #[must_use]
    pub fn appeal(&self) -> impl fmt::Display + '_ {
        self.sentence(Part::Appeal)
    }

    /// The whole body, on one line.
    #[must_use]
    pub fn body(&self) -> impl fmt::Display + '_ {
        Body(self)
    }

    fn sentence(&self, part: Part) -> Sentence<'_> {
        Sentence { answer: self, part }
    }
}

struct Body<'v>(&'v Answer<'v>);

impl fmt::Display for Body<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(answer) = self;
        match answer.media_type {
            MediaType::ProblemJson => json::write(answer, f),
            MediaType::Html => html::write(answer, f),
            MediaType::Text => {
                write!(f, "{}. {} {} {}", answer.title(), answer.detail(), answer.advice(), answer.appeal())
            }
        }
    }
}
