//! Tables for a terminal, and what columns all tables of counts have.

use std::io::{self, Write};

use anstyle::Style;
use comfy_table::{CellAlignment, Table, presets};
use indicatif::HumanCount;

use super::{Before, Ranking, Row, Summary};
use crate::Console;
use crate::replay::tally::Counts;

const TITLE: Style = Style::new().bold();

/// A column: its title, and what it shows of a row.
pub(in crate::replay) type Column = (&'static str, fn(&Counts) -> u64);

/// The numbers that tables show.
#[derive(Clone, Copy, Debug)]
pub(in crate::replay) struct Columns {
    passing: bool,
    shadow: bool,
    changes: bool,
}

impl Columns {
    /// For tables of none but refused requests.
    pub(in crate::replay) const REFUSED: Self = Self { passing: false, shadow: false, changes: false };

    /// For tables of all requests: those that say something.
    pub(in crate::replay) fn of(summary: &Summary) -> Self {
        let counts = &summary.requests;
        Self {
            passing: true,
            shadow: counts.would_limit.saturating_add(counts.would_deny) > 0,
            changes: summary.before != Before::Nothing,
        }
    }

    /// The columns, in order.
    pub(in crate::replay) fn numbers(self) -> impl Iterator<Item = Column> {
        let columns: [(bool, Column); 8] = [
            (true, ("requests", Counts::total)),
            (self.passing, ("allow", |counts| counts.allow)),
            (true, ("limit", |counts| counts.limit)),
            (true, ("deny", |counts| counts.deny)),
            (self.shadow, ("would limit", |counts| counts.would_limit)),
            (self.shadow, ("would deny", |counts| counts.would_deny)),
            (self.changes, ("newly refused", |counts| counts.newly_refused)),
            (self.changes, ("newly allowed", |counts| counts.newly_allowed)),
        ];
        columns.into_iter().filter_map(|(is_shown, column)| is_shown.then_some(column))
    }

    /// Writes a table of rows called `name`, and `note` if they have one; nothing without rows.
    pub(super) fn rows(
        self,
        title: &str,
        name: &str,
        note: Option<&str>,
        rows: &[Row],
        out: &mut Console<'_>,
    ) -> io::Result<()> {
        let header = std::iter::once(name.to_owned()).chain(self.titles()).chain(note.map(str::to_owned));
        let cells = rows.iter().map(|row| {
            let name = std::iter::once(row.name.clone());
            name.chain(self.cells(row)).chain(note.and(row.note.clone())).collect()
        });
        self.write(title, header.collect(), cells.collect(), 1, out)
    }

    /// The same of a ranking, with how sure it is. A name may be longer than a terminal is wide: here it comes last, so that numbers
    /// stay in their columns.
    pub(super) fn ranking(
        self,
        title: &str,
        name: &str,
        note: Option<&str>,
        ranking: &Ranking,
        out: &mut Console<'_>,
    ) -> io::Result<()> {
        let title = format!("{title} ({})", extent(ranking));
        if ranking.rows.is_empty() && ranking.kept > 0 {
            return writeln!(out, "\n{TITLE}{title}{TITLE:#}");
        }
        let header = self.titles().chain(note.map(str::to_owned)).chain([name.to_owned()]);
        let cells = ranking
            .rows
            .iter()
            .map(|row| self.cells(row).chain(note.and(row.note.clone())).chain([row.name.clone()]).collect());
        self.write(&title, header.collect(), cells.collect(), 0, out)
    }

    fn titles(self) -> impl Iterator<Item = String> {
        self.numbers().map(|(title, _)| title.to_owned())
    }

    fn cells(self, row: &Row) -> impl Iterator<Item = String> {
        self.numbers().enumerate().map(|(n, (_, number))| {
            let about = if n == 0 && row.error > 0 { "≥ " } else { "" };
            format!("{about}{}", HumanCount(number(&row.counts)))
        })
    }

    /// Writes a table whose numbers begin in column `first`.
    fn write(
        self,
        title: &str,
        header: Vec<String>,
        rows: Vec<Vec<String>>,
        first: usize,
        out: &mut Console<'_>,
    ) -> io::Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        table.set_header(header);
        table.add_rows(rows);
        for column in table.column_iter_mut().skip(first).take(self.numbers().count()) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        writeln!(out, "\n{TITLE}{title}{TITLE:#}")?;
        for line in table.lines() {
            writeln!(out, " {}", line.trim_end())?;
        }
        Ok(())
    }
}

/// How much of a ranking is shown, and how sure it is: `first 10 of 123`.
pub(in crate::replay) fn extent(ranking: &Ranking) -> String {
    let (rows, kept) = (ranking.rows.len(), ranking.kept);
    match (ranking.most_of_others, rows) {
        (0, _) if rows == kept => format!("all {rows}"),
        (0, _) => format!("first {rows} of {}", HumanCount(kept as u64)),
        (most, 0) => {
            format!("very many, of which none stands out by more than {} requests", HumanCount(most))
        }
        (most, _) => {
            format!(
                "first {rows} of very many; those not shown may have up to {}",
                HumanCount(most.max(least(ranking)))
            )
        }
    }
}

/// What the last row that is shown has at most.
fn least(ranking: &Ranking) -> u64 {
    ranking.rows.last().map(|row| row.counts.total().saturating_add(row.error)).unwrap_or_default()
}
