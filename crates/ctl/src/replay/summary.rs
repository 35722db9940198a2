//! What a replay tells: one structure that is JSON as it stands, and that text and page are made of.
//!
//! All texts of clients in it are safe to be shown ([`untrusted`](super::untrusted)), and none has a query.

pub(super) mod columns;
mod gaps;
pub mod text;

use std::fs;
use std::path::Path;

use policy::Timestamp;
use policy::verdict::Action;
use serde::{Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use super::tally::{Callers, Counts, Entry, Example, MAX_HOURS, RuleCounts, Tally, Top, shown_address};
use super::untrusted::shown;
use super::{Args, Engine};
use crate::Error;

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

/// A policy.
#[derive(Clone, Debug, Serialize)]
pub struct PolicyInfo {
    /// Its file.
    pub file: String,
    /// SHA-256 of that file; those that it names are not part of it.
    pub sha256: String,
    /// When it was written last.
    #[serde(serialize_with = "shown_time")]
    pub modified: Option<Timestamp>,
}

/// A log.
#[derive(Clone, Debug, Serialize)]
pub struct LogInfo {
    /// Its file.
    pub file: String,
    /// Its format.
    pub format: Option<String>,
    /// Lines read.
    pub lines: u64,
    /// Lines that were judged.
    pub judged: u64,
    /// Lines of connections without a request.
    pub no_request: u64,
    /// Lines that could not be read.
    pub unparsed: u64,
    /// Why it was not read to its end.
    pub incomplete: Option<String>,
}

/// A line that could not be read.
#[derive(Clone, Debug, Serialize)]
pub struct UnparsedInfo {
    /// Its log.
    pub file: String,
    /// Its number, from 1.
    pub line: u64,
    /// Why.
    pub reason: &'static str,
    /// Its beginning, without what may be secret.
    pub text: String,
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
        let file_of =
            |log: usize| engine.logs().get(log).map(|log| shown_path(&log.source.file)).unwrap_or_default();
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
            unparsed: unparsed
                .iter()
                .map(|line| UnparsedInfo {
                    file: file_of(line.log),
                    line: line.line,
                    reason: line.reason,
                    text: line.text.clone(),
                })
                .collect(),
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

/// What makes tables of counts.
struct Tables<'e> {
    tally: &'e Tally,
    top: usize,
}

impl Tables<'_> {
    fn class(&self, index: usize) -> String {
        self.tally.classes.get(index).map(|(name, _)| name.to_string()).unwrap_or_default()
    }

    fn classes(&self) -> Vec<Row> {
        let rows = self.tally.classes.iter().filter(|(_, counts)| counts.total() > 0);
        rows.map(|(name, counts)| Row::exact(name.to_string(), None, *counts)).collect()
    }

    fn tiers(&self) -> Vec<Row> {
        let rows = ["A", "B", "C", "D", "E", "F"].into_iter().zip(&self.tally.tiers);
        rows.filter(|(_, counts)| counts.total() > 0)
            .map(|(tier, counts)| Row::exact(tier.to_owned(), None, *counts))
            .collect()
    }

    fn rules(rules: &[RuleCounts]) -> Vec<Row> {
        let row =
            |rule: &RuleCounts| Row::exact(rule.reason.to_string(), Some(rule.code.to_string()), rule.counts);
        let mut rows: Vec<_> = rules.iter().map(row).collect();
        rows.sort_by(|a, b| b.counts.total().cmp(&a.counts.total()).then_with(|| a.name.cmp(&b.name)));
        rows
    }

    /// Hours from the first to the last; those without a request, too, unless one wrong time in a log makes them very many.
    fn hours(&self) -> Vec<Row> {
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

    fn ranking<K: Ord>(&self, top: &Top<K>, name: impl Fn(&K) -> String) -> Ranking {
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

    fn rankings(&self, callers: &Callers) -> Rankings {
        Rankings {
            contacts: self.ranking(&callers.contacts, |contact| shown(contact)),
            clients: self.ranking(&callers.clients, |client| shown_address(*client)),
            user_agents: self.ranking(&callers.user_agents, |agent| named(agent, "none")),
            urls: self.ranking(&callers.locations, |at| shown(&[&at.host[..], &at.path].concat())),
        }
    }

    fn example(&self, example: &Example) -> ExampleInfo {
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

impl PolicyInfo {
    fn of(file: &Path) -> Result<Self, Error> {
        let bytes = fs::read(file).map_err(|source| Error::Read { file: file.to_owned(), source })?;
        let digest = Sha256::digest(bytes);
        let modified = fs::metadata(file).and_then(|metadata| metadata.modified()).ok();
        Ok(Self {
            file: shown_path(file),
            sha256: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
            modified: modified.map(|time| Timestamp::from_seconds(Timestamp::from(time).seconds())),
        })
    }
}

impl LogInfo {
    fn of(log: &super::engine::Log) -> Self {
        let ends_early = "it ends early: still being written, or a copy that was cut off";
        Self {
            file: shown_path(&log.source.file),
            format: log.format.as_ref().map(|format| shown(format.to_string().as_bytes())),
            lines: log.lines,
            judged: log.judged,
            no_request: log.no_request,
            unparsed: log.unparsed,
            incomplete: log.incomplete.as_ref().map(|error| match error.kind() {
                std::io::ErrorKind::UnexpectedEof => ends_early.to_owned(),
                _ => error.to_string(),
            }),
        }
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

fn changes(tally: &Tally) -> Vec<Change> {
    let actions = [Action::Allow, Action::Limit, Action::Deny];
    let rows = actions.into_iter().zip(&tally.changes);
    let cells = rows.flat_map(|(before, row)| {
        actions.into_iter().zip(row).map(move |(now, requests)| Change { before, now, requests: *requests })
    });
    cells.filter(|change| change.requests > 0).collect()
}

/// A text of a client, or what an empty one means.
fn named(text: &[u8], empty: &str) -> String {
    if text.is_empty() { format!("({empty})") } else { shown(text) }
}

fn shown_path(path: &Path) -> String {
    if path == Path::new("-") {
        "standard input".to_owned()
    } else {
        shown(path.as_os_str().as_encoded_bytes())
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
