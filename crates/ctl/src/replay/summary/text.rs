//! A summary for a terminal.

use std::io::{self, Write};
use std::path::Path;

use anstyle::{AnsiColor, Style};
use indicatif::HumanCount;

use super::columns::Columns;
use super::{Before, LogInfo, PolicyInfo, Summary};
use crate::Console;

const TITLE: Style = Style::new().bold();
const GOOD: Style = AnsiColor::Green.on_default();
const LIMITED: Style = AnsiColor::Yellow.on_default();
const DENIED: Style = AnsiColor::Red.on_default();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();

/// Writes a summary; `report` is where the page is.
///
/// # Errors
/// If it cannot be written.
pub(crate) fn write(summary: &Summary, report: Option<&Path>, out: &mut Console<'_>) -> io::Result<()> {
    head(summary, out)?;
    verdicts(summary, out)?;
    let columns = Columns::of(summary);
    columns.rows("By class", "class", None, &summary.classes, out)?;
    columns.rows("By tier", "tier", None, &summary.tiers, out)?;
    columns.rows("By rule", "rule", Some("code"), &summary.rules, out)?;
    columns.rows(
        "In shadow, by the rule that would have decided",
        "rule",
        Some("code"),
        &summary.would,
        out,
    )?;
    columns.ranking("Hosts", "host", None, &summary.hosts, out)?;
    columns.ranking("Contacts", "contact", None, &summary.asking.contacts, out)?;
    columns.ranking("Clients", "address", None, &summary.asking.clients, out)?;
    columns.ranking("User agents", "user agent", Some("class"), &summary.asking.user_agents, out)?;
    let (title, who) = match summary.before {
        Before::Nothing => ("Refused", &summary.refused),
        _ => ("Newly refused", &summary.newly_refused),
    };
    let columns = Columns::REFUSED;
    columns.ranking(&format!("{title}: user agents"), "user agent", Some("class"), &who.user_agents, out)?;
    columns.ranking(&format!("{title}: addresses"), "address", None, &who.clients, out)?;
    columns.ranking(&format!("{title}: contacts"), "contact", None, &who.contacts, out)?;
    columns.ranking(&format!("{title}: URLs"), "URL", None, &who.urls, out)?;
    browsers(summary, out)?;
    examples(summary, out)?;
    unparsed(summary, out)?;
    gaps(summary, out)?;
    if let Some(report) = report {
        writeln!(out, "\n{TITLE}Report{TITLE:#}  {}", report.display())?;
    }
    Ok(())
}

fn head(summary: &Summary, out: &mut Console<'_>) -> io::Result<()> {
    let policy = |policy: &PolicyInfo| {
        format!("{} (sha256 {})", policy.file, policy.sha256.get(..12).unwrap_or_default())
    };
    writeln!(out, "{TITLE}Policy{TITLE:#}   {}", policy(&summary.policy))?;
    match (&summary.against, summary.before) {
        (Some(against), _) => writeln!(out, "{TITLE}Against{TITLE:#}  {}", policy(against))?,
        (None, Before::Status) => {
            writeln!(
                out,
                "{TITLE}Against{TITLE:#}  the status in the log: 403 and 429 are taken for refused"
            )?;
        }
        (None, _) => {}
    }
    for log in &summary.logs {
        writeln!(out, "{TITLE}Log{TITLE:#}      {}", log_line(log))?;
        if let Some(why) = &log.incomplete {
            writeln!(out, "         {WARNING}not read to its end:{WARNING:#} {why}")?;
        }
    }
    if let Some((first, last)) = summary.period {
        let moved = if summary.as_of.is_some() { ", moved there by --as-of" } else { "" };
        writeln!(out, "{TITLE}Period{TITLE:#}   {first} to {last}{moved}")?;
    }
    if summary.evicted != (0, 0) {
        let (now, before) = summary.evicted;
        writeln!(
            out,
            "{WARNING}Limits{WARNING:#}   {} clients were forgotten by full limits, and began anew: give more --limiter-keys",
            HumanCount(now.saturating_add(before))
        )?;
    }
    Ok(())
}

/// `access.log: combined, 12 lines, 10 requests, 1 without a request, 1 unread`
fn log_line(log: &LogInfo) -> String {
    let mut line = format!("{}: ", log.file);
    if let Some(format) = &log.format {
        line.push_str(&format!("{format}, "));
    }
    line.push_str(&format!("{} lines, {} requests", HumanCount(log.lines), HumanCount(log.judged)));
    for (count, what) in [(log.no_request, "without a request"), (log.unparsed, "unread")] {
        if count > 0 {
            line.push_str(&format!(", {} {what}", HumanCount(count)));
        }
    }
    line
}

fn verdicts(summary: &Summary, out: &mut Console<'_>) -> io::Result<()> {
    let counts = &summary.requests;
    writeln!(out, "\n{TITLE}Verdicts{TITLE:#}")?;
    for (name, style, count) in
        [("allow", GOOD, counts.allow), ("limit", LIMITED, counts.limit), ("deny", DENIED, counts.deny)]
    {
        writeln!(
            out,
            "  {style}{name:<6}{style:#} {:>15}  {:>6}",
            HumanCount(count).to_string(),
            percent(count, counts.total())
        )?;
    }
    let (limit, deny) = (counts.would_limit, counts.would_deny);
    if limit.saturating_add(deny) > 0 {
        let (limit, deny) = (HumanCount(limit), HumanCount(deny));
        writeln!(out, "  in shadow, so that they pass: {limit} would be limited, {deny} denied")?;
    }
    if summary.before != Before::Nothing {
        let (refused, allowed) = (HumanCount(counts.newly_refused), HumanCount(counts.newly_allowed));
        writeln!(out, "  newly refused {refused}, newly allowed {allowed}")?;
        for change in summary.changes.iter().filter(|change| change.before != change.now) {
            writeln!(out, "    {} → {}: {}", change.before, change.now, HumanCount(change.requests))?;
        }
    }
    Ok(())
}

/// A share, to a tenth of a percent.
pub(in crate::replay) fn percent(part: u64, whole: u64) -> String {
    let rounded = u128::from(part).saturating_mul(1000).saturating_add(u128::from(whole) / 2);
    let tenths = rounded.checked_div(whole.into()).unwrap_or_default();
    format!("{}.{} %", tenths / 10, tenths % 10)
}

fn browsers(summary: &Summary, out: &mut Console<'_>) -> io::Result<()> {
    let browsers = &summary.browsers;
    let counts = &browsers.counts;
    writeln!(out, "\n{TITLE}Browsers{TITLE:#}, by what the user agent says")?;
    let refused = counts.refused();
    writeln!(
        out,
        "  {} of {} requests are refused ({}), {} by limits",
        HumanCount(refused),
        HumanCount(counts.total()),
        percent(refused, counts.total()),
        HumanCount(counts.limit),
    )?;
    if summary.before != Before::Nothing {
        let all = summary.requests.newly_refused;
        let newly = counts.newly_refused;
        let style = if newly > 0 { WARNING } else { Style::new() };
        writeln!(
            out,
            "  {style}{} of {} newly refused requests are browsers'{style:#} ({}): people may be among them",
            HumanCount(newly),
            HumanCount(all),
            percent(newly, all)
        )?;
    }
    match &browsers.scored {
        Some(scored) => writeln!(
            out,
            "  with a browser score of 50 or more: {} of {}, and of the {} refused {}",
            HumanCount(scored.look_alike),
            HumanCount(scored.requests),
            HumanCount(scored.refused),
            HumanCount(scored.refused_look_alike)
        ),
        None => writeln!(out, "  browser score: not known from this log"),
    }
}

fn examples(summary: &Summary, out: &mut Console<'_>) -> io::Result<()> {
    if summary.examples.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{TITLE}Examples of what changes{TITLE:#}, one for each change, rule and class")?;
    for example in &summary.examples {
        let change = &example.change;
        writeln!(
            out,
            "  {change}  {}  class {}  {} {}",
            example.rule, example.class, example.time, example.client
        )?;
        writeln!(out, "    {}\n    {}", example.request, example.user_agent)?;
    }
    Ok(())
}

fn unparsed(summary: &Summary, out: &mut Console<'_>) -> io::Result<()> {
    let (lines, _, no_request, unparsed) = summary.lines();
    if unparsed == 0 {
        return Ok(());
    }
    writeln!(
        out,
        "\n{WARNING}Unread lines{WARNING:#}  {} of {} ({}), beside {} without a request",
        HumanCount(unparsed),
        HumanCount(lines),
        percent(unparsed, lines),
        HumanCount(no_request)
    )?;
    for (reason, count) in &summary.unparsed_reasons {
        writeln!(out, "  {:>9}  {reason}", HumanCount(*count).to_string())?;
    }
    writeln!(out, "  the first of them:")?;
    for line in &summary.unparsed {
        writeln!(out, "  {}:{}: {}\n    {}", line.file, line.line, line.reason, line.text)?;
    }
    Ok(())
}

fn gaps(summary: &Summary, out: &mut Console<'_>) -> io::Result<()> {
    if summary.gaps.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{TITLE}What this log does not tell{TITLE:#}")?;
    for gap in &summary.gaps {
        writeln!(out, "  - {gap}")?;
    }
    Ok(())
}
