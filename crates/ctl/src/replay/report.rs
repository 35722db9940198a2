//! A summary as one page that needs nothing else: no server, no network, and for reading it no script.
//!
//! The page's own policy for content allows exactly its style and its script, by their digests; texts of clients are escaped by
//! [`maud`] wherever they stand.

mod chart;
mod file;
mod table;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use indicatif::HumanCount;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

pub use file::ReportFile;

use super::Summary;
use super::summary::columns::Columns;
use super::summary::text::percent;
use super::summary::{Before, LogInfo, PolicyInfo};
use table::{ranking, rows};

const STYLE: &str = include_str!("report/report.css");
const SCRIPT: &str = include_str!("report/report.js");

/// Renders a summary.
#[must_use]
pub fn page(summary: &Summary) -> Markup {
    let content_security_policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        digest(STYLE),
        digest(SCRIPT)
    );
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                meta http-equiv="Content-Security-Policy" content=(content_security_policy);
                title { "Replay of " (summary.policy.file) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    h1 { "What " span.file { (summary.policy.file) } " makes of these requests" }
                    (facts(summary))
                    (tiles(summary))
                    (chart::over_time(summary))
                    (tables(summary))
                    (examples(summary))
                    (unread(summary))
                    (gaps(summary))
                }
                footer { "Made by provenancectl replay. Queries are left out, since tokens live there." }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
}

fn digest(text: &str) -> String {
    STANDARD.encode(Sha256::digest(text))
}

fn facts(summary: &Summary) -> Markup {
    html! {
        dl.facts {
            dt { "Policy" } dd { (policy(&summary.policy)) }
            @if let Some(against) = &summary.against {
                dt { "Compared with" } dd { (policy(against)) }
            } @else if summary.before == Before::Status {
                dt { "Compared with" } dd { "the status in the log: 403 and 429 are taken for refused" }
            }
            @if let Some((first, last)) = summary.period {
                dt { "Period" }
                dd {
                    (first) " to " (last)
                    @if summary.as_of.is_some() { ", moved there by --as-of" }
                }
            }
            @for log in &summary.logs { dt { "Log" } dd { (log_line(log)) } }
        }
        @if summary.evicted != (0, 0) {
            p.warning {
                (HumanCount(summary.evicted.0.saturating_add(summary.evicted.1)))
                " clients were forgotten by full limits, and began anew: give more --limiter-keys."
            }
        }
    }
}

fn policy(policy: &PolicyInfo) -> Markup {
    html! {
        (policy.file)
        @if let Some(modified) = policy.modified { ", of " (modified) }
        ", SHA-256 " code { (policy.sha256) }
    }
}

fn log_line(log: &LogInfo) -> Markup {
    html! {
        (log.file) ": "
        @if let Some(format) = &log.format { "format " (format) ", " }
        (HumanCount(log.lines)) " lines, " (HumanCount(log.judged)) " requests, "
        (HumanCount(log.no_request)) " without a request, " (HumanCount(log.unparsed)) " unread"
        @if let Some(why) = &log.incomplete { strong.warning { " Not read to its end: " (why) } }
    }
}

fn tiles(summary: &Summary) -> Markup {
    let counts = &summary.requests;
    let browsers = &summary.browsers.counts;
    let tile = |name: &str, kind: &str, count: u64, whole: u64| {
        html! {
            div class={ "tile " (kind) } {
                span.name { (name) } span.count { (HumanCount(count)) } span.share { (percent(count, whole)) }
            }
        }
    };
    html! {
        section.tiles aria-label="Verdicts" {
            (tile("requests", "all", counts.total(), counts.total()))
            (tile("allow", "allow", counts.allow, counts.total()))
            (tile("limit (429)", "limit", counts.limit, counts.total()))
            (tile("deny (403)", "deny", counts.deny, counts.total()))
            @if counts.would_limit.saturating_add(counts.would_deny) > 0 {
                (tile("in shadow: limit", "limit", counts.would_limit, counts.total()))
                (tile("in shadow: deny", "deny", counts.would_deny, counts.total()))
            }
            @if summary.before != Before::Nothing {
                (tile("newly refused", "all", counts.newly_refused, counts.total()))
                (tile("newly allowed", "all", counts.newly_allowed, counts.total()))
                (tile("newly refused browsers", "alarm", browsers.newly_refused, counts.newly_refused))
            } @else {
                (tile("refused browsers", "alarm", browsers.refused(), counts.refused()))
            }
        }
        p.note {
            "Browsers are told by what the user agent says"
            @match &summary.browsers.scored {
                Some(scored) => {
                    "; with a browser score of 50 or more: " (HumanCount(scored.look_alike)) " of "
                    (HumanCount(scored.requests)) ", and of the " (HumanCount(scored.refused)) " refused "
                    (HumanCount(scored.refused_look_alike)) "."
                }
                None => { ", since this log has not enough for a browser score: people may be among those who are refused." }
            }
        }
    }
}

fn tables(summary: &Summary) -> Markup {
    let columns = Columns::of(summary);
    let (title, who) = match summary.before {
        Before::Nothing => ("Refused", &summary.refused),
        _ => ("Newly refused", &summary.newly_refused),
    };
    html! {
        (rows(columns, "By class", "class", None, &summary.classes))
        (rows(columns, "By tier", "tier", None, &summary.tiers))
        (rows(columns, "By rule", "rule", Some("code"), &summary.rules))
        (rows(columns, "In shadow, by the rule that would have decided", "rule", Some("code"), &summary.would))
        (ranking(Columns::REFUSED, &format!("{title}: user agents"), "user agent", Some("class"), &who.user_agents))
        (ranking(Columns::REFUSED, &format!("{title}: addresses"), "address", None, &who.clients))
        (ranking(Columns::REFUSED, &format!("{title}: contacts"), "contact", None, &who.contacts))
        (ranking(Columns::REFUSED, &format!("{title}: URLs"), "URL", None, &who.urls))
        (ranking(columns, "Hosts", "host", None, &summary.hosts))
        (ranking(columns, "Contacts", "contact", None, &summary.asking.contacts))
        (ranking(columns, "Addresses", "address", None, &summary.asking.clients))
        (ranking(columns, "User agents", "user agent", Some("class"), &summary.asking.user_agents))
    }
}

fn examples(summary: &Summary) -> Markup {
    let headers = ["change", "rule", "class", "time", "address", "request", "user agent"];
    let rows = summary.examples.iter().map(|e| {
        [&e.change, &e.rule, &e.class, &e.time, &e.client, &e.request, &e.user_agent].map(String::as_str)
    });
    table::texts("Examples of what changes, one for each change, rule and class", &headers, rows)
}

fn unread(summary: &Summary) -> Markup {
    let reasons = summary.unparsed_reasons.iter();
    let reasons: Vec<_> = reasons.map(|(why, count)| format!("{} {why}", HumanCount(*count))).collect();
    let places: Vec<_> = summary.unparsed.iter().map(|line| format!("{}:{}", line.file, line.line)).collect();
    let lines = summary.unparsed.iter().zip(&places);
    html! {
        @if !reasons.is_empty() {
            (table::texts(
                "Lines that could not be read: the first of them",
                &["where", "why", "line"],
                lines.map(|(line, place)| [place.as_str(), line.reason, line.text.as_str()]),
            ))
            p.note { "All of them: " (reasons.join(", ")) "." }
        }
    }
}

fn gaps(summary: &Summary) -> Markup {
    html! {
        @if !summary.gaps.is_empty() {
            section {
                h2 { "What this log does not tell" }
                ul { @for gap in &summary.gaps { li { (gap) } } }
            }
        }
    }
}
