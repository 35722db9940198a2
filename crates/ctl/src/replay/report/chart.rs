//! Charts as SVG. Shapes stretch with the page; all text stands beside them, so that it stays as large as the rest.

use indicatif::HumanCount;
use maud::{Markup, html};

use crate::replay::Summary;
use crate::replay::summary::Row;
use crate::replay::tally::Counts;

/// Most columns of the chart over time.
const COLUMNS: usize = 96;

/// Height of that chart, and width of a bar, in units of their own.
const UNITS: u64 = 1_000;

/// Hours that make one column.
struct Column {
    name: String,
    counts: Counts,
}

/// Requests over time, by action.
pub(super) fn over_time(summary: &Summary) -> Markup {
    let hours = summary.hours.len().div_ceil(COLUMNS).max(1);
    let columns: Vec<_> = summary.hours.chunks(hours).filter_map(column).collect();
    let most = columns.iter().map(|column| column.counts.total()).max().unwrap_or_default();
    let ends = summary.hours.first().zip(summary.hours.last());
    let each = if hours == 1 { "an hour".to_owned() } else { format!("in {hours} hours") };
    let width = columns.len().saturating_mul(10).max(1);
    html! {
        @if let Some((first, last)) = ends {
            section {
                h2 { "Requests over time" }
                p.legend {
                    span.allow { "allow" } span.limit { "limit" } span.deny { "deny" }
                    span.most { "at most " (HumanCount(most)) " " (each) }
                }
                svg.time role="img" aria-label="Requests over time; the same numbers stand in the table below"
                    viewBox={ "0 0 " (width) " " (UNITS) } preserveAspectRatio="none" {
                    @for (n, column) in columns.iter().enumerate() {
                        g {
                            title { (column.name) ": " (told(&column.counts)) }
                            rect.hover x=(n.saturating_mul(10)) y="0" width="10" height=(UNITS) {}
                            @for (kind, from, length) in stack(&column.counts, most) {
                                rect class=(kind) x=(n.saturating_mul(10)) width="9" height=(length)
                                    y=(UNITS.saturating_sub(from).saturating_sub(length)) {}
                            }
                        }
                    }
                }
                p.axis { span { (first.name) } span { (last.name) } }
                details {
                    summary { "The same as a table" }
                    div.scroll role="region" aria-label="Requests over time" tabindex="0" {
                        table.sortable {
                            thead {
                                tr {
                                    th scope="col" { "from" }
                                    @for name in ["requests", "allow", "limit", "deny"] { th.number scope="col" { (name) } }
                                }
                            }
                            tbody {
                                @for Column { name, counts } in &columns {
                                    tr {
                                        th scope="row" { (name) }
                                        @for count in [counts.total(), counts.allow, counts.limit, counts.deny] {
                                            td.number data-value=(count) { (HumanCount(count)) }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The bar of a row, of which the longest has `most` requests.
pub(super) fn bar(counts: &Counts, most: u64) -> Markup {
    html! {
        svg.bar viewBox={ "0 0 " (UNITS) " 10" } preserveAspectRatio="none" {
            title { (told(counts)) }
            @for (kind, from, length) in stack(counts, most) {
                rect class=(kind) x=(from) y="0" width=(length) height="10" {}
            }
        }
    }
}

fn column(rows: &[Row]) -> Option<Column> {
    let name = rows.first()?.name.clone();
    let counts = rows.iter().fold(Counts::default(), |mut sum, row| {
        sum.allow = sum.allow.saturating_add(row.counts.allow);
        sum.limit = sum.limit.saturating_add(row.counts.limit);
        sum.deny = sum.deny.saturating_add(row.counts.deny);
        sum
    });
    Some(Column { name, counts })
}

fn told(counts: &Counts) -> String {
    format!(
        "{} requests: {} allow, {} limit, {} deny",
        HumanCount(counts.total()),
        HumanCount(counts.allow),
        HumanCount(counts.limit),
        HumanCount(counts.deny)
    )
}

/// Kind, begin and length of what is stacked, of [`UNITS`] for `most`. What is there at all is seen.
fn stack(counts: &Counts, most: u64) -> Vec<(&'static str, u64, u64)> {
    let mut from = 0_u64;
    let kinds = [("allow", counts.allow), ("limit", counts.limit), ("deny", counts.deny)];
    let shown = kinds.into_iter().filter(|(_, count)| *count > 0);
    shown
        .map(|(kind, count)| {
            let length = u128::from(count).saturating_mul(UNITS.into()).checked_div(most.into());
            let length = length.and_then(|length| u64::try_from(length).ok()).unwrap_or_default().max(4);
            let begin = from;
            from = from.saturating_add(length);
            (kind, begin, length)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_stand_one_on_the_other_and_the_smallest_is_seen() {
        let counts = Counts { allow: 500_000, limit: 1, deny: 499_999, ..Counts::default() };
        assert_eq!(stack(&counts, 1_000_000), [("allow", 0, 500), ("limit", 500, 4), ("deny", 504, 499)]);
        assert_eq!(stack(&Counts::default(), 0), []);
    }
}
