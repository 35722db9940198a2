use std::io::Write as _;

use anstyle::{AnsiColor, Style};
use policy::Timestamp;
use policy::decide::{Effect, Listed};

use super::Row;
use crate::explain::day;
use crate::{Console, Error};

/// Fewest columns between two dates: a date and a space.
const NARROWEST: usize = 11;
/// Most columns between two dates: more would only be longer bars.
const WIDEST: usize = 20;

/// Draws a bar for each class, from date to date, and an arrow for now. All dates are the same way apart: a stage of a week is as
/// readable as one of a year. Where the window is too narrow for all of them, the dates around now are shown.
pub(super) fn draw(
    rows: &[Row<'_>],
    now: Timestamp,
    columns: usize,
    console: &mut Console<'_>,
) -> Result<(), Error> {
    let names = rows.iter().map(|row| row.class.len()).max().unwrap_or(0).saturating_add(2);
    let axis = Axis::new(rows, now, columns.saturating_sub(names));
    let dates: String =
        axis.dates.iter().map(|date| format!("{:<width$}", short(*date), width = axis.cell)).collect();
    writeln!(console, "{:before$}{}", "", dates.trim_end(), before = names.saturating_add(axis.cell))?;
    for row in rows {
        write!(console, "{:<names$}", row.class)?;
        for (begin, end) in axis.cells() {
            let stage = in_force(row, begin);
            let before = axis.before(begin).map(|time| in_force(row, time));
            let begins = before.is_none_or(|before| !same(before, stage));
            cell(stage, begins, end.is_none(), axis.cell, console)?;
        }
        writeln!(console)?;
    }
    let at = names.saturating_add(axis.position(now));
    writeln!(console, "{:at$}▲ {}", "", day(Timestamp::from_seconds(now.seconds())))?;
    Ok(())
}

/// The dates that are shown, each at the left edge of a cell; before the first there is one more cell.
struct Axis {
    dates: Vec<Timestamp>,
    cell: usize,
}

impl Axis {
    fn new(rows: &[Row<'_>], now: Timestamp, columns: usize) -> Self {
        let stages = rows.iter().flat_map(|row| &row.stages);
        let mut dates: Vec<Timestamp> = stages.filter_map(|listed| listed.rule.from).collect();
        dates.sort_unstable();
        dates.dedup();
        let fit = columns.checked_div(NARROWEST).unwrap_or(0).saturating_sub(1).max(1);
        if dates.len() > fit {
            let past = dates.iter().filter(|date| **date <= now).count();
            let first = past.saturating_sub(fit.div_ceil(2)).min(dates.len().saturating_sub(fit));
            dates = dates.into_iter().skip(first).take(fit).collect();
        }
        let cells = dates.len().saturating_add(1);
        let cell = columns.checked_div(cells).unwrap_or(NARROWEST).clamp(NARROWEST, WIDEST);
        Self { dates, cell }
    }

    /// Begin and end of each cell; the first begins with time itself.
    fn cells(&self) -> impl Iterator<Item = (Timestamp, Option<Timestamp>)> + '_ {
        let begins = [Timestamp::from_seconds(0)].into_iter().chain(self.dates.iter().copied());
        let ends = self.dates.iter().copied().map(Some).chain([None]);
        begins.zip(ends)
    }

    /// A time in the cell before the one that begins then.
    fn before(&self, begin: Timestamp) -> Option<Timestamp> {
        self.dates.contains(&begin).then(|| begin.minus(std::time::Duration::from_nanos(1)))
    }

    /// The column of a time.
    fn position(&self, time: Timestamp) -> usize {
        let cell = self.dates.iter().filter(|date| **date <= time).count();
        let share = match (cell.checked_sub(1).and_then(|at| self.dates.get(at)), self.dates.get(cell)) {
            (Some(begin), Some(end)) => {
                let length = end.seconds().saturating_sub(begin.seconds()).max(1);
                let past = time.seconds().saturating_sub(begin.seconds());
                let width = u64::try_from(self.cell).unwrap_or(u64::MAX);
                usize::try_from(past.saturating_mul(width) / length).unwrap_or(0)
            }
            // Before the first date and after the last there is no scale.
            _ => self.cell / 2,
        };
        cell.saturating_mul(self.cell).saturating_add(share.min(self.cell.saturating_sub(1)))
    }
}

/// The stage in force at a time; one that is only tried is none.
fn in_force<'r, 'p>(row: &'r Row<'p>, at: Timestamp) -> Option<&'r Listed<'p>> {
    row.stages.iter().rfind(|stage| !stage.shadow && stage.rule.from.is_some_and(|from| from <= at))
}

fn same(one: Option<&Listed<'_>>, other: Option<&Listed<'_>>) -> bool {
    one.map(|listed| listed.rule) == other.map(|listed| listed.rule)
}

fn cell(
    stage: Option<&Listed<'_>>,
    begins: bool,
    is_last: bool,
    width: usize,
    console: &mut Console<'_>,
) -> Result<(), Error> {
    let (style, fill, label) = match stage.map(|stage| stage.effect) {
        None => (Style::new().dimmed(), '·', String::new()),
        Some(Effect::Rate(quota)) => (AnsiColor::Yellow.on_default(), '▒', quota.rate().to_string()),
        Some(_) => (AnsiColor::Red.on_default(), '█', "block".to_owned()),
    };
    let label = if begins && !label.is_empty() { format!("{fill} {label} ") } else { String::new() };
    let rest = width.saturating_sub(label.chars().count());
    let mut bar: String = label.chars().chain(std::iter::repeat_n(fill, rest)).take(width).collect();
    if is_last {
        bar.pop();
        bar.push('→');
    }
    write!(console, "{style}{bar}{style:#}")?;
    Ok(())
}

/// A date, without the time of day.
fn short(time: Timestamp) -> String {
    time.to_string().chars().take("2025-08-18".len()).collect()
}
