use std::num::NonZeroU32;

use crate::compile::Compiler;
use crate::decide::case::Case;
use crate::document::CostDocument;
use crate::facts::PathPattern;

/// What a request costs where no path says otherwise.
const ONE: u32 = 1;

/// What requests to some paths cost; the first pattern that matches counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Costs(std::sync::Arc<[(PathPattern, u32)]>);

impl Costs {
    /// The cost of a request.
    ///
    /// A path that may lead elsewhere may lead to the dearest of the list, and pays for that.
    pub(crate) fn of(&self, case: &Case<'_, '_>) -> u32 {
        if self.0.is_empty() {
            return ONE;
        }
        let path = case.path();
        if path.leads_elsewhere() {
            return self.0.iter().map(|(_, cost)| *cost).max().unwrap_or(ONE).max(ONE);
        }
        self.0.iter().find(|(pattern, _)| pattern.resembles(path)).map_or(ONE, |(_, cost)| *cost)
    }

    /// Whether no path costs anything.
    pub(crate) fn free_everything(&self) -> bool {
        self.0.first().is_some_and(|(path, cost)| *cost == 0 && path.is_every_path())
    }

    /// The list that stands at `key`, for a limit that admits `burst` at once.
    pub(crate) fn compile(
        list: &[CostDocument],
        key: &str,
        burst: Option<NonZeroU32>,
        compiler: &mut Compiler<'_>,
    ) -> Self {
        let mut costs: Vec<(PathPattern, u32)> = Vec::new();
        for (n, entry) in list.iter().enumerate() {
            let pattern = PathPattern::compile(&entry.path, &format!("{key}[{n}].path"), compiler);
            if let Some(burst) = burst.filter(|burst| entry.cost.value > burst.get()) {
                let message = format!(
                    "a request of cost {} exceeds the burst of {burst}: none would ever pass",
                    entry.cost.value
                );
                compiler
                    .note(&entry.cost, format!("{key}[{n}].cost"), message)
                    .hint("raise the burst, or lower the cost");
            }
            let Some(pattern) = pattern else { continue };
            if costs.iter().any(|(earlier, _)| earlier.covers(&pattern)) {
                let message =
                    format!("\"{}\" never counts: an entry before it has all its paths", entry.path.value);
                let note = compiler.note(&entry.path, format!("{key}[{n}].path"), message);
                note.hint("write the narrower path first");
            }
            costs.push((pattern, entry.cost.value));
        }
        Self(costs.into())
    }
}
