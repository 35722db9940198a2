//! What is counted over a log, in memory that its size does not change.
//!
//! 1. [`Outcome`] is what became of one request, [`Counts`] how many of which.
//! 2. By class, tier, rule and hour all is exact: a policy names the first three, and hours are bounded by [`MAX_HOURS`].
//! 3. What a client chooses or has (user agent, contact, address, host, path) is kept in a [`Top`].

mod callers;
mod counts;
mod top;

use std::collections::BTreeMap;

use policy::classify::Tier;
use policy::classify::user_agent::UaClass;
use policy::verdict::{Action, Code};
use policy::{Timestamp, Verdict};

use super::Record;
pub use callers::{Callers, Location, shown_address};
pub use counts::{Counts, Outcome};
pub use top::{Entry, Hasher, Top};

/// Hours that are told apart: over two years. Of a log that has more, later ones are counted together.
pub const MAX_HOURS: usize = 20_000;

/// Requests that are kept as examples of what changes.
const MAX_EXAMPLES: usize = 20;

/// Keys of each kind that are kept for certain.
const TOP: usize = 8_192;

/// From this browser score on a request looks like a browser's: half of what all signals weigh.
pub const LOOKS_LIKE_A_BROWSER: u8 = 50;

/// What is counted over a log.
#[derive(Debug)]
pub struct Tally {
    hasher: Hasher,
    /// All requests.
    pub all: Counts,
    /// By class of the user agent, by its index; the name is empty for one that did not come.
    pub classes: Vec<(Box<str>, Counts)>,
    /// By tier, A first.
    pub tiers: [Counts; 6],
    /// By the rule that decided.
    pub rules: Vec<RuleCounts>,
    /// By what a rule in shadow would have done.
    pub would: Vec<RuleCounts>,
    /// By hour, in hours since the epoch.
    pub hours: BTreeMap<u64, Counts>,
    /// Requests of hours beyond [`MAX_HOURS`].
    pub other_hours: Counts,
    /// By host.
    pub hosts: Top<Box<[u8]>>,
    /// Who asks.
    pub asking: Callers,
    /// Who is refused.
    pub refused: Callers,
    /// Who passed before and is refused now.
    pub newly_refused: Callers,
    /// Requests by what was done before and what is done now: allow, limit, deny.
    pub changes: [[u64; 3]; 3],
    /// Of those that say they are browsers and have a score, those that look like one, and all.
    pub scored: Scored,
    /// One request for each kind of change, rule and class.
    pub examples: Vec<Example>,
    /// The first and the last time.
    pub period: Option<(Timestamp, Timestamp)>,
}

/// A rule, and what became of the requests that it decided on.
#[derive(Clone, Debug)]
pub struct RuleCounts {
    /// Its dotted name.
    pub reason: Box<str>,
    /// Its code, which tells stages of one name apart.
    pub code: Code,
    /// The requests.
    pub counts: Counts,
}

/// Browsers by their user agent, refused or not, that have a browser score (tiers C and E).
#[derive(Clone, Copy, Debug, Default)]
pub struct Scored {
    /// With a score of [`LOOKS_LIKE_A_BROWSER`] or more.
    pub alike: u64,
    /// All.
    pub all: u64,
    /// Refused, with such a score.
    pub refused_alike: u64,
    /// All that are refused.
    pub refused: u64,
}

/// A request whose verdict differs from what was done before.
#[derive(Clone, Debug)]
pub struct Example {
    /// When it was judged.
    pub time: Timestamp,
    /// What was done before, and what is done now.
    pub change: (Action, Action),
    /// The rule that decides now.
    pub reason: Box<str>,
    /// Its code.
    pub code: Code,
    /// Class of the user agent, by index.
    pub class: usize,
    /// Address of the client.
    pub client: Option<std::net::IpAddr>,
    /// Method.
    pub method: Box<[u8]>,
    /// Host and path; never the query, where tokens live.
    pub location: Location,
    /// User agent.
    pub user_agent: Box<[u8]>,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            hasher: Hasher::default(),
            all: Counts::default(),
            classes: Vec::new(),
            tiers: [Counts::default(); 6],
            rules: Vec::new(),
            would: Vec::new(),
            hours: BTreeMap::new(),
            other_hours: Counts::default(),
            hosts: Top::new(TOP),
            asking: Callers::new(TOP),
            refused: Callers::new(TOP),
            newly_refused: Callers::new(TOP),
            changes: [[0; 3]; 3],
            scored: Scored::default(),
            examples: Vec::new(),
            period: None,
        }
    }
}

impl Tally {
    /// Takes note of a verdict. `before` is what was done otherwise: by the other policy, or by the log's own status.
    pub fn count(
        &mut self,
        record: &Record<'_>,
        verdict: &Verdict<'_>,
        before: Option<Action>,
        time: Timestamp,
    ) {
        let is_browser = verdict.client.ua_class == UaClass::BROWSER;
        let would = verdict.would.as_ref().map(|would| would.action);
        let outcome = Outcome { action: verdict.action, would, before, is_browser };
        let class = verdict.client.ua_class.index();

        self.all.add(&outcome);
        if class >= self.classes.len() {
            self.classes.resize_with(class.saturating_add(1), Default::default);
        }
        if let Some((name, counts)) = self.classes.get_mut(class) {
            if name.is_empty() {
                *name = verdict.ua_class.into();
            }
            counts.add(&outcome);
        }
        if let Some(counts) = self.tiers.get_mut(verdict.client.tier as usize) {
            counts.add(&outcome);
        }
        add_rule(&mut self.rules, verdict.rule, &outcome);
        if let Some(would) = &verdict.would {
            add_rule(&mut self.would, would.rule, &outcome);
        }
        self.add_hour(time, &outcome);
        self.add_score(verdict, &outcome);

        let host = callers::cut(&record.host);
        let key = self.hasher.hash(host);
        self.hosts.add(key, |known| **known == *host, || host.into(), &outcome, class);
        let hashes = self.asking.add(&self.hasher, record, verdict, &outcome, None);
        if outcome.is_refused() {
            let hashes = Some(hashes);
            self.refused.add(&self.hasher, record, verdict, &outcome, hashes);
            if outcome.is_newly_refused() {
                self.newly_refused.add(&self.hasher, record, verdict, &outcome, hashes);
            }
        }
        if let Some(before) = before {
            let change =
                self.changes.get_mut(before as usize).and_then(|row| row.get_mut(verdict.action as usize));
            change.map(|count| *count += 1).unwrap_or_default();
            if before != verdict.action {
                self.keep_example(record, verdict, before, time);
            }
        }
    }

    fn add_hour(&mut self, time: Timestamp, outcome: &Outcome) {
        let hour = time.seconds() / 3_600;
        let has_room = self.hours.len() < MAX_HOURS;
        let counts = match self.hours.get_mut(&hour) {
            Some(counts) => counts,
            None if has_room => self.hours.entry(hour).or_default(),
            None => &mut self.other_hours,
        };
        counts.add(outcome);
        let (first, last) = self.period.get_or_insert((time, time));
        (*first, *last) = ((*first).min(time), (*last).max(time));
    }

    fn add_score(&mut self, verdict: &Verdict<'_>, outcome: &Outcome) {
        if !outcome.is_browser || !matches!(verdict.client.tier, Tier::C | Tier::E) {
            return;
        }
        let alike = verdict.client.browser_score >= LOOKS_LIKE_A_BROWSER;
        self.scored.all += 1;
        self.scored.alike += u64::from(alike);
        self.scored.refused += u64::from(outcome.is_refused());
        self.scored.refused_alike += u64::from(outcome.is_refused() && alike);
    }

    fn keep_example(&mut self, record: &Record<'_>, verdict: &Verdict<'_>, before: Action, time: Timestamp) {
        let class = verdict.client.ua_class.index();
        let (change, code) = ((before, verdict.action), verdict.rule.code);
        let is_known = |known: &Example| (known.change, known.code, known.class) == (change, code, class);
        if self.examples.len() >= MAX_EXAMPLES || self.examples.iter().any(is_known) {
            return;
        }
        self.examples.push(Example {
            time,
            change,
            reason: verdict.rule.reason.clone(),
            code,
            class,
            client: verdict.client.ip,
            method: callers::cut(&record.method).into(),
            location: Location::of(record),
            user_agent: callers::cut(record.user_agent.as_deref().unwrap_or_default()).into(),
        });
    }
}

fn add_rule(rules: &mut Vec<RuleCounts>, rule: &policy::verdict::Rule, outcome: &Outcome) {
    match rules.iter_mut().find(|known| known.code == rule.code) {
        Some(known) => known.counts.add(outcome),
        None => {
            let mut counts = Counts::default();
            counts.add(outcome);
            rules.push(RuleCounts { reason: rule.reason.clone(), code: rule.code, counts });
        }
    }
}
