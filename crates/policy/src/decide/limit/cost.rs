use std::num::NonZeroU32;

use crate::compile::Compiler;
use crate::decide::client::Client;
use crate::document::CostDocument;
use crate::facts::PathPattern;

/// What a request costs where no path says otherwise.
const ONE: u32 = 1;

/// What requests to some paths cost; the first pattern that matches counts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Costs(std::sync::Arc<[(PathPattern, u32)]>);

impl Costs {
    /// The cost of a request.
    ///
    /// A discount is only for a path that is certainly meant; a path that may lead elsewhere still pays what the path that it
    /// resembles costs.
    pub(crate) fn of(&self, client: &Client<'_>) -> u32 {
        if self.0.is_empty() {
            return ONE;
        }
        let path = client.path();
        let matches = |(pattern, cost): &&(PathPattern, u32)| match *cost < ONE {
            true => pattern.holds(path),
            false => pattern.resembles(path),
        };
        self.0.iter().find(matches).map_or(ONE, |(_, cost)| *cost)
    }

    /// The list that stands at `key`, for a limit that admits `burst` at once.
    pub(crate) fn compile(
        list: &[CostDocument],
        key: &str,
        burst: Option<NonZeroU32>,
        compiler: &mut Compiler<'_>,
    ) -> Self {
        let mut costs = Vec::new();
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
            costs.extend(pattern.map(|pattern| (pattern, entry.cost.value)));
        }
        Self(costs.into())
    }
}
