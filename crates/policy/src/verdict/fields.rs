use std::fmt;

use super::{Action, Verdict};
use crate::classify::Tier;
use crate::classify::crawler::Identity;
use crate::seal::SealStatus;
use crate::session::SessionStatus;

/// The value of a field of a verdict.
#[derive(Clone, Copy)]
pub enum Value<'v> {
    /// A text.
    Text(&'v str),
    /// A whole number that is not negative.
    Number(u64),
    /// A text that is rendered where it is needed, without a copy.
    Rendered(&'v dyn fmt::Display),
}

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => write!(f, "{number}"),
            Self::Rendered(rendered) => write!(f, "{rendered}"),
        }
    }
}

impl Verdict<'_> {
    /// Hands over every field that has something to say, by name. The SPOE variables, and by them HAProxy's log, are this one list,
    /// the most important first, so that an answer which does not fit whole loses the least.
    ///
    /// # Errors
    /// The first error of `field`, which ends the list.
    pub fn each_field<E>(
        &self,
        mut field: impl FnMut(&'static str, Value<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        field("action", Value::Text(self.action.as_str()))?;
        field("status", Value::Number(self.action.status().into()))?;
        field("reason", Value::Text(&self.rule.reason))?;
        field("code", Value::Text(self.rule.code.as_str()))?;
        if let Some(seconds) = self.retry_after {
            field("retry_after", Value::Number(seconds.get()))?;
        }
        let client = &self.client;
        field("tier", Value::Text(client.tier.as_str()))?;
        field("labels", Value::Rendered(&client.labels()))?;
        field("ua_class", Value::Text(self.ua_class))?;
        if matches!(client.tier, Tier::C | Tier::E) {
            field("browser_score", Value::Number(client.browser_score.into()))?;
        }
        if let Identity::Verified(crawler) = client.crawler {
            field("client", Value::Text(&crawler.id))?;
        }
        if client.session.status != SessionStatus::None {
            field("session", Value::Text(client.session.status.as_str()))?;
        }
        if let Some(subject) = client.session.subject {
            field("subject", Value::Rendered(&subject))?;
        }
        if let Some(class) = client.session.class {
            field("session_class", Value::Text(class))?;
        }
        if let Some(would) = &self.would {
            field("would", Value::Rendered(would))?;
        }
        if let Some(notice) = self.notice {
            field("deprecation", Value::Text(&notice.deprecation))?;
            if let Some(sunset) = &notice.sunset {
                field("sunset", Value::Text(sunset))?;
            }
            field("link", Value::Text(&notice.link))?;
        }
        self.limit_fields(&mut field)?;
        self.provenance_fields(&mut field)?;
        match self.client.contact {
            Some(contact) => field("contact", Value::Text(contact.value)),
            None => Ok(()),
        }
    }

    fn limit_fields<E>(
        &self,
        field: &mut impl FnMut(&'static str, Value<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        // HAProxy pays for each variable: a request that passes goes without these.
        let refused =
            self.action == Action::Limit || self.would.is_some_and(|would| would.action == Action::Limit);
        let Some(limit) = self.limit.as_ref().filter(|_| refused) else { return Ok(()) };
        field("ratelimit_policy", Value::Rendered(&limit.policy_header()))?;
        field("ratelimit", Value::Rendered(&limit.header()))?;
        field("limit_name", Value::Text(limit.name))?;
        field("limit_key", Value::Rendered(&limit.key))?;
        field("limit_quota", Value::Rendered(&limit.quota.rate()))?;
        field("limit_remaining", Value::Number(limit.remaining.into()))?;
        field("limit_reset", Value::Number(super::limit::whole_seconds(limit.reset)))
    }

    fn provenance_fields<E>(
        &self,
        field: &mut impl FnMut(&'static str, Value<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let image = &self.client.provenance;
        if image.status == SealStatus::None {
            return Ok(());
        }
        field("provenance", Value::Text(image.status.as_str()))?;
        for (name, value) in [
            ("source", image.source),
            ("generator", image.generator.as_deref()),
            ("site", image.site.as_deref()),
            ("format", image.format.as_deref()),
        ] {
            if let Some(value) = value {
                field(name, Value::Text(value))?;
            }
        }
        image.age.map_or(Ok(()), |age| field("age", Value::Number(age)))
    }
}
