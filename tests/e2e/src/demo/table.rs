//! The table that the demo prints.

use e2e::log::Fields;
use e2e::{Answer, Case};

/// Rows, aligned when they are printed.
#[derive(Debug)]
pub struct Table {
    rows: Vec<Row>,
    colours: bool,
}

#[derive(Debug)]
struct Row {
    cells: [String; COLUMNS.len()],
    status: u16,
    differences: Vec<String>,
}

const COLUMNS: [&str; 7] = ["request", "status", "tier", "class", "reason", "X-Provenance", "Varnish"];

impl Table {
    /// An empty table; colours are for terminals.
    pub fn new(colours: bool) -> Self {
        Self { rows: Vec::new(), colours }
    }

    /// Adds what came of a request.
    pub fn row(&mut self, case: &Case, answer: &Answer, logged: &Fields, differences: &[String]) {
        let field = |name: &str| logged.get(name).cloned().unwrap_or_default();
        let varnish = match (answer.header("x-image-provenance"), answer.header("x-cache")) {
            (Some(seal), Some(cache)) => format!("{seal}, {cache}"),
            _ => "not asked".to_owned(),
        };
        self.rows.push(Row {
            cells: [
                case.name.clone(),
                answer.status.to_string(),
                field("tier"),
                field("class"),
                field("reason"),
                field("labels"),
                varnish,
            ],
            status: answer.status,
            differences: differences.to_vec(),
        });
    }

    /// Prints the rows; below each what was expected, where it differs.
    pub fn print(&self) {
        let width = |column: usize| {
            let cells =
                self.rows.iter().filter_map(|row| row.cells.get(column)).map(|cell| cell.chars().count());
            cells.chain(COLUMNS.get(column).map(|title| title.len())).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..COLUMNS.len()).map(width).collect();
        println!("{}", line(&COLUMNS.map(str::to_owned), &widths));
        println!("{}", widths.iter().map(|width| "─".repeat(*width)).collect::<Vec<_>>().join("──"));
        for row in &self.rows {
            let line = line(&row.cells, &widths);
            match (self.colours, row.status) {
                (true, 200..=299) => println!("{line}"),
                (true, 429) => println!("\x1b[33m{line}\x1b[0m"),
                (true, _) => println!("\x1b[31m{line}\x1b[0m"),
                (false, _) => println!("{line}"),
            }
            for difference in &row.differences {
                println!("  NOT AS EXPECTED  {difference}");
            }
        }
    }
}

fn line(cells: &[String], widths: &[usize]) -> String {
    let padded = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
    padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
}
