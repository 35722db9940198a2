use indicatif::HumanCount;
use maud::{Markup, html};

use super::chart;
use crate::replay::summary::columns::{Columns, extent};
use crate::replay::summary::{Ranking, Row};

/// The most frequent of many, with how sure that is.
pub(super) fn ranking(
    columns: Columns,
    title: &str,
    name: &str,
    note: Option<&str>,
    ranking: &Ranking,
) -> Markup {
    let title = format!("{title} ({})", extent(ranking));
    match ranking.rows.is_empty() && ranking.kept > 0 {
        true => html! { section { h2 { (title) } } },
        false => rows(columns, &title, name, note, &ranking.rows),
    }
}

/// A table of counts; nothing without rows.
pub(super) fn rows(columns: Columns, title: &str, name: &str, note: Option<&str>, rows: &[Row]) -> Markup {
    let most = rows.iter().map(|row| row.counts.total()).max().unwrap_or_default();
    html! {
        @if !rows.is_empty() {
            section {
                h2 { (title) }
                div.scroll role="region" aria-label=(title) tabindex="0" {
                    table.sortable {
                        thead {
                            tr {
                                th scope="col" { (name) }
                                @if let Some(note) = note { th scope="col" { (note) } }
                                th.bars aria-hidden="true" {}
                                @for (number, _) in columns.numbers() { th.number scope="col" { (number) } }
                            }
                        }
                        tbody {
                            @for row in rows { (self::row(columns, row, note.is_some(), most)) }
                        }
                    }
                }
            }
        }
    }
}

/// A row of it; the bar of the longest has `most` requests.
fn row(columns: Columns, row: &Row, has_note: bool, most: u64) -> Markup {
    html! {
        tr {
            th.name scope="row" { (row.name) }
            @if has_note { td { (row.note.as_deref().unwrap_or_default()) } }
            td.bars aria-hidden="true" { (chart::bar(&row.counts, most)) }
            @for (n, (_, number)) in columns.numbers().enumerate() {
                td.number data-value=(number(&row.counts)) {
                    @if n == 0 && row.error > 0 { "≥ " }
                    (HumanCount(number(&row.counts)))
                }
            }
        }
    }
}

/// A table of texts.
pub(super) fn texts<'t, const N: usize>(
    title: &str,
    headers: &[&str; N],
    rows: impl Iterator<Item = [&'t str; N]>,
) -> Markup {
    let rows: Vec<_> = rows.collect();
    html! {
        @if !rows.is_empty() {
            section {
                h2 { (title) }
                div.scroll role="region" aria-label=(title) tabindex="0" {
                    table.sortable {
                        thead { tr { @for header in headers { th scope="col" { (header) } } } }
                        tbody { @for row in &rows { tr { @for text in row { td.text { (text) } } } } }
                    }
                }
            }
        }
    }
}
