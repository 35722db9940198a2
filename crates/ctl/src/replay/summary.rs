//! What a replay tells: one structure that is JSON as it stands, and that text and page are made of.
//!
//! All texts of clients in it are safe to be shown ([`untrusted`](super::untrusted)), and none has a query.

mod inputs;
mod tables;

mod gaps;

pub(super) mod columns;
pub mod text;

use policy::Timestamp;
use policy::verdict::Action;
use serde::{Serialize, Serializer};

use super::tally::Counts;
use super::{Args, Engine};
use crate::Error;
pub use inputs::{LogInfo, PolicyInfo, UnparsedInfo};
use tables::{Tables, changes, named};

/// What a replay tells.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// The policy that judged.
    pub policy: PolicyInfo,
    /// The policy that is compared with.
    pub against: Option<PolicyInfo>,
    /// What "before" is in all that follows.
    pub before: Before,
    /// The time that the first line was judged at, where it was not its own.
    #[serde(serialize_with = "shown_time")]
    pub as_of: Option<Timestamp>,
    /// The times that requests were judged at, first and last.
    #[serde(serialize_with = "shown_period")]
    pub period: Option<(Timestamp, Timestamp)>,
    /// The logs.
    pub logs: Vec<LogInfo>,
    /// Lines that could not be read: the first of them.
    pub unparsed: Vec<UnparsedInfo>,
    /// How many, for which reason.
    pub unparsed_reasons: Vec<(&'static str, u64)>,
    /// What the logs do not tell, and what follows from that.
    pub gaps: Vec<String>,
    /// All requests.
    pub requests: Counts,
    /// By class of the user agent.
    pub classes: Vec<Row>,
    /// By tier.
    pub tiers: Vec<Row>,
    /// By the rule that decided.
    pub rules: Vec<Row>,
    /// By what a rule in shadow would have done.
    pub would: Vec<Row>,
    /// By hour, which the name tells.
    pub hours: Vec<Row>,
    /// By host.
    pub hosts: Ranking,
    /// Who asks.
    pub asking: Rankings,
    /// Who is refused.
    pub refused: Rankings,
    /// Who passed before and is refused now.
    pub newly_refused: Rankings,
    /// Requests by what was done before and what is done now.
    pub changes: Vec<Change>,
    /// One request for each kind of change, rule and class.
    pub examples: Vec<ExampleInfo>,
    /// Those whose user agent says that it is a browser.
    pub browsers: Browsers,
    /// Clients that limits have forgotten since there were too many, by the policy and by the other one.
    pub evicted: (u64, u64),
}

/// What verdicts are compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Before {
    /// Verdicts of another policy.
    Policy,
    /// The status that the log has: 403 and 429 are taken for refused.
    Status,
    /// Nothing: the log has no status.
    Nothing,
}

/// A line of a table.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// What is counted.
    pub name: String,
    /// Code of a rule, or class of a user agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// How many requests.
    pub requests: u64,
    /// What became of them.
    #[serde(flatten)]
    pub counts: Counts,
    /// How many more there may be: 0 for an exact count.
    pub error: u64,
}

/// The most frequent of many.
#[derive(Clone, Debug, Serialize)]
pub struct Ranking {
    /// The first of them, as far as they are more frequent for certain than any that was forgotten.
    pub rows: Vec<Row>,
    /// How many there are, as long as none was forgotten.
    pub kept: usize,
    /// The most requests that one can have had which was forgotten; 0 if none was.
    pub most_of_others: u64,
}

/// Who asks, and for what.
#[derive(Clone, Debug, Serialize)]
pub struct Rankings {
    /// Contacts.
    pub contacts: Ranking,
    /// Addresses.
    pub clients: Ranking,
    /// User agents.
    pub user_agents: Ranking,
    /// Hosts and paths; empty for all requests.
    pub urls: Ranking,
}

/// Requests of one change, or of none.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Change {
    /// What was done before.
    #[serde(serialize_with = "shown_action")]
    pub before: Action,
    /// What is done now.
    #[serde(serialize_with = "shown_action")]
    pub now: Action,
    /// Requests.
    pub requests: u64,
}

/// A request whose verdict changes.
#[derive(Clone, Debug, Serialize)]
pub struct ExampleInfo {
    /// When it was judged.
    pub time: String,
    /// What was done before, and is done now.
    pub change: String,
    /// The rule that decides now, and its code.
    pub rule: String,
    /// Class of the user agent.
    pub class: String,
    /// The client's address.
    pub client: String,
    /// Method and URL without query.
    pub request: String,
    /// The user agent.
    pub user_agent: String,
}

/// Requests whose user agent says that it is a browser: whoever is refused among them may be a person.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Browsers {
    /// All.
    #[serde(flatten)]
    pub counts: Counts,
    /// How many also look like one, where the log tells enough to know.
    pub scored: Option<Scores>,
}

/// Browsers by their browser score.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Scores {
    /// Requests that have a score.
    pub requests: u64,
    /// Of these, with a score of 50 or more.
    pub look_alike: u64,
    /// Of all, refused.
    pub refused: u64,
    /// Of the refused, with a score of 50 or more.
    pub refused_look_alike: u64,
}

impl Summary {
    /// Sums up.
    ///
    /// # Errors
    /// [`Error::Read`] if a policy cannot be read any more.
    pub fn new(engine: &Engine, args: &Args) -> Result<Self, Error> {
        let (tally, (judge, against)) = (engine.tally(), engine.judges());
        let tables = Tables { tally, top: usize::from(args.top) };
        let has_before = tally.changes.iter().flatten().any(|count| *count > 0);
        let (unparsed, reasons) = engine.unparsed();
        Ok(Self {
            policy: PolicyInfo::of(&args.policy.file)?,
            against: args.against.as_deref().map(PolicyInfo::of).transpose()?,
            before: match (against, has_before) {
                (Some(_), _) => Before::Policy,
                (None, true) => Before::Status,
                (None, false) => Before::Nothing,
            },
            as_of: engine.settings().as_of,
            period: tally.period,
            logs: engine.logs().iter().map(LogInfo::of).collect(),
            unparsed: unparsed.iter().map(|line| UnparsedInfo::of(line, engine.logs())).collect(),
            unparsed_reasons: reasons.iter().map(|(reason, count)| (*reason, *count)).collect(),
            gaps: gaps::of(engine),
            requests: tally.all,
            classes: tables.classes(),
            tiers: tables.tiers(),
            rules: Tables::rules(&tally.rules),
            would: Tables::rules(&tally.would),
            hours: tables.hours(),
            hosts: tables.ranking(&tally.hosts, |host| named(host, "unknown")),
            asking: tables.rankings(&tally.asking),
            refused: tables.rankings(&tally.refused),
            newly_refused: tables.rankings(&tally.newly_refused),
            changes: changes(tally),
            examples: tally.examples.iter().map(|example| tables.example(example)).collect(),
            browsers: Browsers::of(engine),
            evicted: (judge.evictions(), against.map(super::Judge::evictions).unwrap_or_default()),
        })
    }

    /// Lines, those judged, those without a request and those unread, of all logs.
    #[must_use]
    pub fn lines(&self) -> (u64, u64, u64, u64) {
        let sum = |of: fn(&LogInfo) -> u64| self.logs.iter().map(of).sum();
        (sum(|log| log.lines), sum(|log| log.judged), sum(|log| log.no_request), sum(|log| log.unparsed))
    }
}

impl Browsers {
    fn of(engine: &Engine) -> Self {
        let tally = engine.tally();
        let class = policy::classify::user_agent::UaClass::BROWSER.index();
        let scored = tally.scored;
        Self {
            counts: tally.classes.get(class).map(|(_, counts)| *counts).unwrap_or_default(),
            scored: gaps::tells_scores(engine).then_some(Scores {
                requests: scored.all,
                look_alike: scored.alike,
                refused: scored.refused,
                refused_look_alike: scored.refused_alike,
            }),
        }
    }
}

fn shown_time<S: Serializer>(time: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    time.map(|time| time.to_string()).serialize(serializer)
}

fn shown_period<S: Serializer>(
    period: &Option<(Timestamp, Timestamp)>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    period.map(|(first, last)| (first.to_string(), last.to_string())).serialize(serializer)
}

fn shown_action<S: Serializer>(action: &Action, serializer: S) -> Result<S::Ok, S::Error> {
    action.as_str().serialize(serializer)
}
