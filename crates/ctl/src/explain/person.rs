use std::io::Write as _;
use std::path::Path;

use anstyle::{AnsiColor, Style};
use policy::classify::Tier;
use policy::classify::browser_score::Signal;
use policy::classify::crawler::Identity;
use policy::decide::{Said, Step};
use policy::seal::SealStatus;
use policy::session::SessionStatus;
use policy::verdict::{Action, Rule};

use super::effect::{day, describe};
use super::judge::Explained;
use super::tier;
use crate::untrusted::{printable, shown_path};
use crate::{Console, Error};

const HEADING: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// Most characters that are shown of what the client sent.
const SHOWN: usize = 200;

/// Tells the verdict and what led to it.
pub(super) fn write(
    explained: &Explained<'_, '_>,
    file: &Path,
    console: &mut Console<'_>,
) -> Result<(), Error> {
    asked(explained, console)?;
    verdict(explained, console)?;
    writeln!(console, "\n{HEADING}who asks{HEADING:#}")?;
    who(explained, console)?;
    signals(explained, console)?;
    writeln!(console, "\n{HEADING}rules, as they were asked{HEADING:#}")?;
    for step in &explained.steps {
        tell(step, file, console)?;
    }
    let verdict = &explained.verdict;
    if explained.verdict.action == Action::Allow && explained.verdict.would.is_none() {
        writeln!(console, "  {DIM}no other rule has anything against it{DIM:#}")?;
    }
    let (_, next) = explained.policy.stages_at(verdict.client.ua_class, explained.now);
    // None for a client whom no stage concerns, whatever the class.
    if let Some((next, from)) = next.zip(verdict.next_change) {
        writeln!(console, "\n{HEADING}next{HEADING:#}")?;
        row(console, &day(from), &format!("{} for class {}", describe(&next), verdict.ua_class))?;
    }
    Ok(())
}

impl Explained<'_, '_> {
    /// What each signal of the browser score says; nothing where the tier has no score.
    pub(super) fn signals(&self) -> Vec<Signal> {
        let client = &self.verdict.client;
        if !matches!(client.tier, Tier::C | Tier::E) {
            return Vec::new();
        }
        let sealed = client.provenance.status == SealStatus::Valid;
        let request = self.request;
        let score = self.policy.browser_score().score(request, client.ua_class, &request.connection, sealed);
        score.signals().collect()
    }
}

fn asked(explained: &Explained<'_, '_>, console: &mut Console<'_>) -> Result<(), Error> {
    let request = explained.request;
    let query = if request.query.is_some() { "?…" } else { "" };
    writeln!(
        console,
        "{} {}{}{query} at {}",
        printable(request.method, SHOWN),
        printable(request.host, SHOWN),
        printable(request.path, SHOWN),
        explained.now
    )?;
    Ok(())
}

fn verdict(explained: &Explained<'_, '_>, console: &mut Console<'_>) -> Result<(), Error> {
    let verdict = &explained.verdict;
    let colour = match verdict.action {
        Action::Allow => AnsiColor::Green,
        Action::Limit => AnsiColor::Yellow,
        Action::Deny => AnsiColor::Red,
    };
    let style = colour.on_default().bold();
    let Rule { reason, code, .. } = verdict.rule;
    let status = match verdict.action {
        Action::Allow => String::new(),
        action => format!(" {}", action.status()),
    };
    let wait = verdict.retry_after.map(|seconds| format!(", again in {seconds} s")).unwrap_or_default();
    writeln!(console, "{style}{}{status}{style:#} by {reason}, code {code}{wait}", verdict.action)?;
    if let Some(would) = &verdict.would {
        writeln!(
            console,
            "in shadow: would {} by {}, code {}",
            would.action, would.rule.reason, would.rule.code
        )?;
    }
    Ok(())
}

fn who(explained: &Explained<'_, '_>, console: &mut Console<'_>) -> Result<(), Error> {
    let (request, verdict) = (explained.request, &explained.verdict);
    let client = &verdict.client;
    let address = match (client.ip, request.ip) {
        (Some(client), Some(peer)) if client != peer => {
            format!("{client}, for whom the trusted proxy {peer} speaks")
        }
        (Some(client), _) => client.to_string(),
        (None, Some(peer)) => format!("not known: the trusted proxy {peer} does not say"),
        (None, None) => "not known".to_owned(),
    };
    row(console, "address", &address)?;
    let network = match client.network {
        Some(network) => {
            let shadow = if network.shadow { ", in shadow" } else { "" };
            let (kind, name) = network.label();
            format!("{name} ({kind}{shadow})")
        }
        None => "none that the policy knows".to_owned(),
    };
    row(console, "network", &network)?;
    let user_agent = match request.headers.user_agent() {
        Some(text) => printable(text, SHOWN).into_owned(),
        None => "none".to_owned(),
    };
    row(console, "user agent", &user_agent)?;
    row(console, "class", verdict.ua_class)?;
    match client.crawler {
        Identity::Verified(crawler) => row(console, "crawler", &format!("{}, verified", crawler.id))?,
        Identity::Impostor(crawler) => {
            row(console, "crawler", &format!("says that it is {}, and comes from elsewhere", crawler.id))?;
        }
        Identity::Nobody => {}
    }
    if client.session.status != SessionStatus::None {
        let subject =
            client.session.subject.map(|subject| format!(", subject {subject}")).unwrap_or_default();
        row(console, "session", &format!("{}{subject}", client.session.status.as_str()))?;
    }
    image(explained, console)?;
    row(console, "tier", &format!("{}: {}", client.tier, tier::reason(client)))?;
    row(console, "labels", &client.labels().to_string())
}

fn image(explained: &Explained<'_, '_>, console: &mut Console<'_>) -> Result<(), Error> {
    let image = &explained.verdict.client.provenance;
    if image.status == SealStatus::None {
        return Ok(());
    }
    let source = image.source.map(|source| format!(", source {source}")).unwrap_or_default();
    let generator =
        image.generator.as_deref().map(|name| format!(", generator {}", printable(name.as_bytes(), 80)));
    let age = image.age.map(|age| format!(", sealed {age} s ago")).unwrap_or_default();
    let told = format!("{}{source}{}{age}", image.status.as_str(), generator.unwrap_or_default());
    row(console, "image", &told)
}

fn signals(explained: &Explained<'_, '_>, console: &mut Console<'_>) -> Result<(), Error> {
    let signals = explained.signals();
    if signals.is_empty() {
        return Ok(());
    }
    let score = explained.verdict.client.browser_score;
    writeln!(console, "\n{HEADING}browser score {score} of 100{HEADING:#}")?;
    for signal in signals {
        let points = match signal.of {
            0 => "-".to_owned(),
            of => format!("{}/{of}", signal.points),
        };
        writeln!(console, "  {:<16} {points:>7}  {}", signal.name, signal.why)?;
    }
    Ok(())
}

fn tell(step: &Step<'_>, file: &Path, console: &mut Console<'_>) -> Result<(), Error> {
    let Rule { reason, place, from, .. } = step.rule;
    let since = from.map(|from| format!(", in force since {}", day(from))).unwrap_or_default();
    let said = match step.said {
        Said::Passes => "passes; no other rule is asked".to_owned(),
        Said::PassesFilters => "passes the filters; limits that name its tier count it".to_owned(),
        Said::Refused => format!("refuses{since}"),
        Said::Exempt(None) => "the stages of its class do not concern it".to_owned(),
        Said::Exempt(Some(until)) => {
            format!("the stages of its class do not concern it until {}", day(until))
        }
        Said::Free => "no limit of section limits counts it".to_owned(),
        Said::Counted { limit, cost, retry_after } => {
            let key = printable(limit.key.to_string().as_bytes(), 80).into_owned();
            let (rate, burst) = (limit.quota.rate(), limit.quota.burst());
            let told = match retry_after {
                None => format!("{} of {burst} left", limit.remaining),
                Some(seconds) => format!("used up, again in {seconds} s"),
            };
            let cost = if cost == 1 { String::new() } else { format!(", costs {cost}") };
            format!("counts {key} at {rate}: {told}{cost}{since}")
        }
    };
    let shadow = if step.shadow { " (in shadow: only told)" } else { "" };
    let place = match place {
        Some(place) => format!("  {DIM}{}:{}{DIM:#}", shown_path(file), place.line),
        None => String::new(),
    };
    writeln!(console, "  {reason:<24} {said}{shadow}{place}")?;
    Ok(())
}

fn row(console: &mut Console<'_>, name: &str, value: &str) -> Result<(), Error> {
    writeln!(console, "  {name:<12} {value}")?;
    Ok(())
}
