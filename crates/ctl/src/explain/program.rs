use policy::Verdict;
use policy::decide::Step;
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
    steps: &'e [Step<'e>],
    /// Signals of the browser score; none where the tier has no score.
    signals: Vec<Value>,
}

/// Writes the verdict with its steps, as one object.
pub(super) fn write(explained: &Explained<'_, '_>, console: &mut Console<'_>) -> Result<(), Error> {
    let verdict = &explained.verdict;
    console.object(&Explanation {
        verdict,
        tier_reason: tier::reason(&verdict.client),
        steps: &explained.steps,
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
