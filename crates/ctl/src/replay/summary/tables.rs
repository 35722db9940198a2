//! From what was counted to the rows that are told.

use policy::Timestamp;
use policy::verdict::Action;

use super::{Change, ExampleInfo, Ranking, Rankings, Row};
use crate::replay::tally::{
    Callers, Counts, Entry, Example, MAX_HOURS, RuleCounts, Tally, Top, shown_address,
};
use crate::replay::untrusted::shown;

/// What makes tables of counts.
pub(super) struct Tables<'e> {
    pub(super) tally: &'e Tally,
    pub(super) top: usize,
}

impl Tables<'_> {
    fn class(&self, index: usize) -> String {
        self.tally.classes.get(index).map(|(name, _)| name.to_string()).unwrap_or_default()
    }

    pub(super) fn classes(&self) -> Vec<Row> {
        let rows = self.tally.classes.iter().filter(|(_, counts)| counts.total() > 0);
        rows.map(|(name, counts)| Row::exact(name.to_string(), None, *counts)).collect()
    }

    pub(super) fn tiers(&self) -> Vec<Row> {
        let rows = ["A", "B", "C", "D", "E", "F"].into_iter().zip(&self.tally.tiers);
        rows.filter(|(_, counts)| counts.total() > 0)
            .map(|(tier, counts)| Row::exact(tier.to_owned(), None, *counts))
            .collect()
    }

    pub(super) fn rules(rules: &[RuleCounts]) -> Vec<Row> {
        let row =
            |rule: &RuleCounts| Row::exact(rule.reason.to_string(), Some(rule.code.to_string()), rule.counts);
        let mut rows: Vec<_> = rules.iter().map(row).collect();
        rows.sort_by(|a, b| b.counts.total().cmp(&a.counts.total()).then_with(|| a.name.cmp(&b.name)));
        rows
    }

    /// Hours from the first to the last; those without a request, too, unless one wrong time in a log makes them very many.
    pub(super) fn hours(&self) -> Vec<Row> {
        let tally = self.tally;
        let named = |hour: u64, counts| {
            let begin = Timestamp::from_seconds(hour.saturating_mul(3_600));
            Row::exact(begin.to_string(), None, counts)
        };
        let ends = tally.hours.first_key_value().zip(tally.hours.last_key_value());
        let range = ends.map(|((first, _), (last, _))| *first..=*last);
        let mut rows: Vec<_> =
            match range.filter(|range| range.end().abs_diff(*range.start()) < MAX_HOURS as u64) {
                Some(range) => range
                    .map(|hour| named(hour, tally.hours.get(&hour).copied().unwrap_or_default()))
                    .collect(),
                None => tally.hours.iter().map(|(hour, counts)| named(*hour, *counts)).collect(),
            };
        if tally.other_hours.total() > 0 {
            rows.push(Row::exact("other hours".to_owned(), None, tally.other_hours));
        }
        rows
    }

    pub(super) fn ranking<K: Ord>(&self, top: &Top<K>, name: impl Fn(&K) -> String) -> Ranking {
        let row = |entry: &Entry<K>| Row {
            name: name(&entry.key),
            note: Some(self.class(entry.class)),
            requests: entry.counts.total(),
            counts: entry.counts,
            error: entry.error,
        };
        let most = top.most_of_others();
        Ranking {
            rows: top
                .first(self.top)
                .into_iter()
                .filter(|entry| entry.counts.total() > most)
                .map(row)
                .collect(),
            kept: top.len(),
            most_of_others: most,
        }
    }

    pub(super) fn rankings(&self, callers: &Callers) -> Rankings {
        Rankings {
            contacts: self.ranking(&callers.contacts, |contact| shown(contact)),
            clients: self.ranking(&callers.clients, |client| shown_address(*client)),
            user_agents: self.ranking(&callers.user_agents, |agent| named(agent, "none")),
            urls: self.ranking(&callers.locations, |at| shown(&[&at.host[..], &at.path].concat())),
        }
    }

    pub(super) fn example(&self, example: &Example) -> ExampleInfo {
        let (before, now) = example.change;
        let url = [&example.location.host[..], &example.location.path].concat();
        ExampleInfo {
            time: example.time.to_string(),
            change: format!("{before} → {now}"),
            rule: format!("{} {}", example.reason, example.code),
            class: self.class(example.class),
            client: example.client.map_or_else(|| "unknown".to_owned(), |client| client.to_string()),
            request: format!("{} {}", shown(&example.method), shown(&url)),
            user_agent: named(&example.user_agent, "none"),
        }
    }
}

impl Row {
    fn exact(name: String, note: Option<String>, counts: Counts) -> Self {
        Self { name, note, requests: counts.total(), counts, error: 0 }
    }
}

/// Requests by what was done before and what is done now, where there are any.
pub(super) fn changes(tally: &Tally) -> Vec<Change> {
    let actions = [Action::Allow, Action::Limit, Action::Deny];
    let rows = actions.into_iter().zip(&tally.changes);
    let cells = rows.flat_map(|(before, row)| {
        actions.into_iter().zip(row).map(move |(now, requests)| Change { before, now, requests: *requests })
    });
    cells.filter(|change| change.requests > 0).collect()
}

/// A text of a client, or what an empty one means.
pub(super) fn named(text: &[u8], empty: &str) -> String {
    if text.is_empty() { format!("({empty})") } else { shown(text) }
}
