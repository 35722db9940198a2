//! `timeline`: the stages of a policy, what is in force, and what comes.
//!
//! `picture`: the same drawn along the dates.

mod picture;

use std::io::Write as _;

use anstyle::{AnsiColor, Style};
use policy::decide::{Effect, Listed};
use policy::{Policy, Timestamp};
use serde_json::{Value, json};

use crate::at::At;
use crate::explain::{day, describe};
use crate::policy_file::PolicyFile;
use crate::{Console, Error, Exit};

/// Options of `timeline`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  provenancectl timeline --at 2026-12-01")]
pub struct Args {
    #[command(flatten)]
    policy: PolicyFile,

    #[command(flatten)]
    at: At,
}

/// Columns of a picture where nobody says how many there are.
const DEFAULT_COLUMNS: usize = 100;

/// The stages of a class.
struct Row<'p> {
    class: &'p str,
    stages: Vec<Listed<'p>>,
}

/// Prints the stages.
pub(crate) fn run(args: &Args, console: &mut Console<'_>) -> Result<Exit, Error> {
    let policy = args.policy.load()?;
    let now = args.at.time();
    let rows: Vec<Row<'_>> = policy.schedule().map(|(class, stages)| Row { class, stages }).collect();
    if console.is_json() {
        console.object(&json!({
            "now": now.to_string(),
            "shadow": policy.is_shadow(),
            "notice": policy.notice().as_secs(),
            "classes": rows.iter().map(|row| row.json(now)).collect::<Vec<_>>(),
            "exemptions": exemptions(&policy).map(|listed| exemption_json(&listed, now)).collect::<Vec<_>>(),
        }))?;
        return Ok(Exit::Done);
    }
    if policy.is_shadow() {
        writeln!(console, "The whole policy is in shadow: nobody is refused.\n")?;
    }
    if rows.is_empty() {
        writeln!(console, "No class of user agents has stages.")?;
    } else {
        table(&rows, now, console)?;
        let columns =
            terminal_size::terminal_size().map_or(DEFAULT_COLUMNS, |(width, _)| usize::from(width.0));
        writeln!(console)?;
        picture::draw(&rows, now, columns, console)?;
    }
    let ending: Vec<_> = exemptions(&policy).collect();
    if !ending.is_empty() {
        writeln!(console, "\nexemptions")?;
        for listed in ending {
            writeln!(console, "  {:<32} {}", listed.rule.reason, ending_of(&listed, now))?;
        }
    }
    Ok(Exit::Done)
}

/// When a stage holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Past,
    InForce,
    /// In shadow, beside the one in force.
    Tried,
    ToCome,
}

impl State {
    fn as_str(self) -> &'static str {
        match self {
            Self::Past => "past",
            Self::InForce => "in force",
            Self::Tried => "tried",
            Self::ToCome => "to come",
        }
    }

    fn style(self) -> Style {
        match self {
            Self::Past => Style::new().dimmed(),
            Self::InForce => Style::new().bold(),
            Self::Tried => AnsiColor::Yellow.on_default(),
            Self::ToCome => Style::new(),
        }
    }
}

impl Row<'_> {
    /// The state of a stage of this class: the last that has begun is in force; one in shadow that began after it is tried.
    fn state(&self, n: usize, now: Timestamp) -> State {
        let has_begun = |listed: &Listed<'_>| listed.rule.from.is_some_and(|from| from <= now);
        let Some(stage) = self.stages.get(n).filter(|stage| has_begun(stage)) else { return State::ToCome };
        let later = || self.stages.iter().skip(n.saturating_add(1)).filter(|later| has_begun(later));
        match stage.shadow {
            false if later().any(|later| !later.shadow) => State::Past,
            false => State::InForce,
            true if later().next().is_some() => State::Past,
            true => State::Tried,
        }
    }

    fn json(&self, now: Timestamp) -> Value {
        let stage = |(n, listed): (usize, &Listed<'_>)| {
            let rate = match listed.effect {
                Effect::Rate(quota) => Some(quota.rate().to_string()),
                _ => None,
            };
            json!({
                "from": listed.rule.from.map(|from| from.to_string()),
                "rate": rate,
                "block": listed.effect == Effect::Block,
                "shadow": listed.shadow,
                "state": self.state(n, now).as_str(),
                "code": listed.rule.code.as_str(),
                "line": listed.rule.place.as_ref().map(|place| place.line),
            })
        };
        json!({ "class": self.class, "stages": self.stages.iter().enumerate().map(stage).collect::<Vec<_>>() })
    }
}

fn table(rows: &[Row<'_>], now: Timestamp, console: &mut Console<'_>) -> Result<(), Error> {
    let width = rows.iter().map(|row| row.class.len()).max().unwrap_or(0).max("class".len());
    writeln!(console, "{:<width$}  {:<20}  {:<16}  {:<8}  code", "class", "from", "what", "state")?;
    for row in rows {
        for (n, listed) in row.stages.iter().enumerate() {
            let state = row.state(n, now);
            let style = state.style();
            let from = listed.rule.from.map(day).unwrap_or_default();
            let (what, state) = (describe(listed), state.as_str());
            let class = row.class;
            writeln!(
                console,
                "{style}{class:<width$}  {from:<20}  {what:<16}  {state:<8}  {}{style:#}",
                listed.rule.code
            )?;
        }
    }
    Ok(())
}

fn exemptions(policy: &Policy) -> impl Iterator<Item = Listed<'_>> {
    let is_exemption =
        |listed: &Listed<'_>| listed.rule.place.is_some() && matches!(listed.effect, Effect::Exempt(_));
    policy.rules().filter(is_exemption)
}

fn until(listed: &Listed<'_>) -> Option<Timestamp> {
    match listed.effect {
        Effect::Exempt(until) => until,
        _ => None,
    }
}

fn ending_of(listed: &Listed<'_>, now: Timestamp) -> String {
    match until(listed) {
        None => "without end".to_owned(),
        Some(time) if time <= now => format!("ended {}", day(time)),
        Some(time) => format!("until {}", day(time)),
    }
}

fn exemption_json(listed: &Listed<'_>, now: Timestamp) -> Value {
    let until = until(listed);
    json!({
        "reason": &*listed.rule.reason,
        "until": until.map(|until| until.to_string()),
        "holds": until.is_none_or(|until| now < until),
    })
}
