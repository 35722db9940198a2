use std::fmt::{self, Write as _};

use super::Answer;
use super::cause::Cause;
use super::escape::JsonString;
use super::untrusted::Untrusted;
use crate::verdict::{Action, whole_seconds};

/// Writes problem details (RFC 9457) on one line: the members of section 3.1, then extensions (section 3.2).
pub(super) fn write(answer: &Answer<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let refusal = &answer.refusal;
    let (operator, reason) = (refusal.operator, &refusal.rule.reason);
    f.write_str("{\"type\":\"")?;
    // The type names the kind of problem; a URL has one fragment at most.
    match operator.url.contains('#') {
        true => write!(JsonString(f), "{}", operator.url)?,
        false => write!(JsonString(f), "{}#{reason}", operator.url)?,
    }
    f.write_str("\"")?;
    text(f, "title", answer.title())?;
    write!(f, ",\"status\":{}", refusal.action.status())?;
    text(f, "detail", answer.detail())?;
    text(f, "advice", answer.advice())?;
    text(f, "reason", reason)?;
    text(f, "code", refusal.rule.code)?;
    text(f, "contact", &operator.email)?;
    text(f, "policy", &operator.url)?;
    if refusal.action == Action::Limit {
        write_limit(answer, f)?;
    }
    if let (Cause::UserAgent(_), Some(user_agent)) = (answer.cause, refusal.user_agent) {
        text(f, "user_agent", Untrusted::new(user_agent))?;
    }
    f.write_str("}")
}

fn write_limit(answer: &Answer<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if let Some(seconds) = answer.refusal.retry_after {
        write!(f, ",\"retry_after\":{seconds}")?;
    }
    let Some(limit) = answer.refusal.limit else { return Ok(()) };
    f.write_str(",\"limit\":{\"name\":\"")?;
    write!(JsonString(f), "{}", limit.name)?;
    write!(f, "\",\"quota\":\"{}\"", limit.quota.rate())?;
    write!(f, ",\"remaining\":{},\"reset\":{}}}", limit.remaining, whole_seconds(limit.reset))
}

fn text(f: &mut fmt::Formatter<'_>, name: &str, value: impl fmt::Display) -> fmt::Result {
    write!(f, ",\"{name}\":\"")?;
    write!(JsonString(f), "{value}")?;
    f.write_str("\"")
}
