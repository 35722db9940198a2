use policy::Verdict;
use policy::decide::{Said, Step};
use serde::Serialize;
use serde_json::{Value, json};

use super::judge::Explained;
use super::tier;
use crate::{Console, Error};

/// A verdict with what led to it.
#[derive(Serialize)]
struct Explanation<'e> {
    #[serde(flatten)]
    verdict: &'e Verdict<'e>,
    tier_reason: String,
    steps: Vec<Value>,
    /// Signals of the browser score; none where the tier has no score.
    signals: Vec<Value>,
}

/// Writes the verdict with its steps, as one object.
pub(super) fn write(explained: &Explained<'_, '_>, console: &mut Console<'_>) -> Result<(), Error> {
    let verdict = &explained.verdict;
    console.object(&Explanation {
        verdict,
        tier_reason: tier::reason(&verdict.client),
        steps: explained.steps.iter().map(step).collect(),
        signals: explained
            .signals()
            .iter()
            .map(|signal| {
                json!({ "name": signal.name, "points": signal.points, "of": signal.of, "why": signal.why })
            })
            .collect(),
    })
}

/// Writes why a line is no request, in the place of its verdict.
pub(super) fn refuse(line: u64, why: &str, console: &mut Console<'_>) -> Result<(), Error> {
    console.object(&json!({ "error": why, "line": line }))
}

fn step(step: &Step<'_>) -> Value {
    let rule = step.rule;
    let mut object = json!({
        "reason": &*rule.reason,
        "code": rule.code.as_str(),
        "shadow": step.shadow,
    });
    let mut set = |key: &str, value: Value| {
        if let Some(object) = object.as_object_mut() {
            object.insert(key.to_owned(), value);
        }
    };
    if let Some(place) = &rule.place {
        set("key", json!(&*place.key));
        set("line", json!(place.line));
    }
    if let Some(from) = rule.from {
        set("from", json!(from.to_string()));
    }
    let said = match step.said {
        Said::Passes => "passes",
        Said::PassesFilters => "passes the filters",
        Said::Refused => "refused",
        Said::Exempt(until) => {
            if let Some(until) = until {
                set("until", json!(until.to_string()));
            }
            "exempt"
        }
        Said::Free => "free",
        Said::Counted { limit, cost, retry_after } => {
            set(
                "limit",
                json!({
                    "name": limit.name,
                    "key": limit.key.to_string(),
                    "quota": limit.quota.rate().to_string(),
                    "burst": limit.quota.burst(),
                    "remaining": limit.remaining,
                    "cost": cost,
                }),
            );
            if let Some(seconds) = retry_after {
                set("retry_after", json!(seconds));
            }
            if retry_after.is_some() { "limited" } else { "counted" }
        }
    };
    set("said", json!(said));
    object
}
