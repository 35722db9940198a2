use std::time::Duration;

use limits::{PrefixLens, Quota, Rate};

use super::super::texts::{Link, Texts};
use super::super::{Answer, MediaType, Refusal};
use crate::Timestamp;
use crate::compile::Operator;
use crate::verdict::{Action, LimitKey, LimitState, Rule};

/// What an answer is made of, owned.
pub(super) struct Given {
    pub(super) action: Action,
    pub(super) rule: Rule,
    pub(super) limit: Option<(&'static str, Quota)>,
    pub(super) ua_class: &'static str,
    pub(super) user_agent: Option<Vec<u8>>,
    pub(super) next_change: Option<Timestamp>,
    pub(super) operator: Operator,
    pub(super) texts: Texts,
}

impl Given {
    pub(super) fn deny(reason: &'static str) -> Self {
        Self {
            action: Action::Deny,
            rule: Rule::built_in(reason),
            limit: None,
            ua_class: reason.strip_prefix("ua.").unwrap_or("other"),
            user_agent: None,
            next_change: None,
            operator: Operator { email: "noc@example.org".into(), url: "https://example.org/policy".into() },
            texts: Texts::default(),
        }
    }

    /// A stage of a class, whose burst is that of its rate.
    pub(super) fn stage(reason: &'static str, rate: &str) -> Self {
        let quota = Quota::from(rate.parse::<Rate>().unwrap());
        Self { action: Action::Limit, limit: Some((reason, quota)), ..Self::deny(reason) }
    }

    pub(super) fn limit(reason: &'static str, name: &'static str, rate: &str, burst: u32) -> Self {
        let quota = Quota::new(rate.parse().unwrap(), burst.try_into().unwrap()).unwrap();
        Self { action: Action::Limit, limit: Some((name, quota)), ..Self::deny(reason) }
    }

    pub(super) fn of_class(self, ua_class: &'static str) -> Self {
        Self { ua_class, ..self }
    }

    pub(super) fn with_user_agent(self, user_agent: &[u8]) -> Self {
        Self { user_agent: Some(user_agent.to_vec()), ..self }
    }

    /// As a site that says everything it can.
    pub(super) fn with_texts(self) -> Self {
        let link = |text: &str, url: &str| Link { text: text.into(), url: url.into() };
        let links = vec![
            link("Status of our services", "https://status.example.org/"),
            link("How to use the API", "https://example.org/api/?a=1&b=2"),
            link("Imprint", "https://example.org/imprint"),
        ];
        let texts = Texts { title: Some("Example & Sons".into()), links: links.into(), ..Texts::default() };
        Self { texts, ..self }
    }

    pub(super) fn answer(&self, media: MediaType) -> Answer<'_> {
        let refusal = Refusal {
            action: self.action,
            rule: &self.rule,
            retry_after: (self.action == Action::Limit).then(|| 7.try_into().unwrap()),
            limit: self.limit.map(|(name, quota)| LimitState {
                name,
                key: LimitKey::Ip(PrefixLens::default().prefix([192, 0, 2, 7].into())),
                quota,
                remaining: 0,
                reset: Duration::from_millis(9_500),
            }),
            operator: &self.operator,
            ua_class: self.ua_class,
            user_agent: self.user_agent.as_deref(),
            next_change: self.next_change,
            texts: &self.texts,
        };
        Answer::new(media, refusal)
    }

    pub(super) fn body(&self, media: MediaType) -> String {
        self.answer(media).body().to_string()
    }
}
