//! A step as JSON, wherever one is told to a program.

use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};

use super::{Said, Step};
use crate::verdict::LimitState;

impl Serialize for Step<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("reason", &self.rule.reason)?;
        map.serialize_entry("code", self.rule.code.as_str())?;
        map.serialize_entry("said", self.said.as_str())?;
        map.serialize_entry("shadow", &self.shadow)?;
        if let Some(place) = &self.rule.place {
            map.serialize_entry("key", &place.key)?;
            map.serialize_entry("line", &place.line)?;
        }
        if let Some(from) = self.rule.from {
            map.serialize_entry("from", &from.to_string())?;
        }
        match self.said {
            Said::Exempt(Some(until)) => map.serialize_entry("until", &until.to_string())?,
            Said::Counted { limit, cost, retry_after } => {
                map.serialize_entry("limit", &Counted { limit: &limit, cost })?;
                if let Some(seconds) = retry_after {
                    map.serialize_entry("retry_after", &seconds)?;
                }
            }
            Said::Passes | Said::PassesFilters | Said::Refused | Said::Exempt(None) | Said::Free => {}
        }
        map.end()
    }
}

/// A limit after it has counted.
struct Counted<'s> {
    limit: &'s LimitState<'s>,
    cost: u32,
}

impl Serialize for Counted<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { limit, cost } = self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", limit.name)?;
        map.serialize_entry("key", &limit.key.to_string())?;
        map.serialize_entry("quota", &limit.quota.rate().to_string())?;
        map.serialize_entry("burst", &limit.quota.burst())?;
        map.serialize_entry("remaining", &limit.remaining)?;
        map.serialize_entry("cost", cost)?;
        map.end()
    }
}
