//! A verdict as JSON: the same fields as the variables of HAProxy, those of a limit and of an image in objects of their own.

use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};

use super::{LimitState, Verdict, whole_seconds};
use crate::classify::Tier;
use crate::classify::crawler::Identity;
use crate::seal::{ImageProvenance, SealStatus};
use crate::session::SessionStatus;

/// As section "What a verdict says" of the contract has it; a field that has nothing to say is left out.
impl Serialize for Verdict<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("action", self.action.as_str())?;
        map.serialize_entry("status", &self.action.status())?;
        map.serialize_entry("reason", &self.rule.reason)?;
        map.serialize_entry("code", self.rule.code.as_str())?;
        if let Some(seconds) = self.retry_after {
            map.serialize_entry("retry_after", &seconds)?;
        }
        let client = &self.client;
        map.serialize_entry("tier", client.tier.as_str())?;
        map.serialize_entry("ua_class", self.ua_class)?;
        if let Some(contact) = client.contact {
            map.serialize_entry("contact", contact.value)?;
        }
        if let Identity::Verified(crawler) = client.crawler {
            map.serialize_entry("client", &crawler.id)?;
        }
        if client.session.status != SessionStatus::None {
            map.serialize_entry("session", client.session.status.as_str())?;
        }
        if let Some(subject) = client.session.subject {
            map.serialize_entry("subject", &subject.to_string())?;
        }
        if let Some(class) = client.session.class {
            map.serialize_entry("session_class", class)?;
        }
        if matches!(client.tier, Tier::C | Tier::E) {
            map.serialize_entry("browser_score", &client.browser_score)?;
        }
        if client.provenance.status != SealStatus::None {
            map.serialize_entry("provenance", &Image(&client.provenance))?;
        }
        map.serialize_entry("labels", &client.labels().to_string())?;
        if let Some(limit) = &self.limit {
            map.serialize_entry("limit", &Limit(limit))?;
        }
        if let Some(would) = &self.would {
            map.serialize_entry("would", &would.to_string())?;
        }
        if let Some(time) = self.next_change {
            map.serialize_entry("next_change", &time.to_string())?;
        }
        if let Some(notice) = self.notice {
            map.serialize_entry("deprecation", &notice.deprecation)?;
            if let Some(sunset) = &notice.sunset {
                map.serialize_entry("sunset", sunset)?;
            }
            map.serialize_entry("link", &notice.link)?;
        }
        map.end()
    }
}

struct Image<'v>(&'v ImageProvenance<'v>);

impl Serialize for Image<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(image) = self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("status", image.status.as_str())?;
        for (name, value) in [
            ("site", image.site.as_deref()),
            ("generator", image.generator.as_deref()),
            ("format", image.format.as_deref()),
            ("source", image.source),
        ] {
            if let Some(value) = value {
                map.serialize_entry(name, value)?;
            }
        }
        if let Some(age) = image.age {
            map.serialize_entry("age", &age)?;
        }
        map.end()
    }
}

struct Limit<'v>(&'v LimitState<'v>);

impl Serialize for Limit<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(limit) = self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", limit.name)?;
        map.serialize_entry("key", &limit.key.to_string())?;
        map.serialize_entry("quota", &limit.quota.rate().to_string())?;
        map.serialize_entry("remaining", &limit.remaining)?;
        map.serialize_entry("reset", &whole_seconds(limit.reset))?;
        map.serialize_entry("ratelimit_policy", &limit.policy_header().to_string())?;
        map.serialize_entry("ratelimit", &limit.header().to_string())?;
        map.end()
    }
}
