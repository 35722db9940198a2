use std::io::Write as _;
use std::path::Path;

use policy::decide::Listed;
use policy::{Policy, Timestamp};
use serde_json::json;

use super::effect::{day, describe};
use crate::untrusted::{printable, shown_path};
use crate::{Console, Error, Exit};

/// Tells which rule a code of an error page, or a reason of a log, names.
pub(super) fn explain(
    policy: &Policy,
    file: &Path,
    code: &str,
    now: Timestamp,
    console: &mut Console<'_>,
) -> Result<Exit, Error> {
    let named = |listed: &Listed<'_>| {
        listed.rule.code.as_str().eq_ignore_ascii_case(code) || &*listed.rule.reason == code
    };
    let found: Vec<_> = policy.rules().filter(named).collect();
    if found.is_empty() {
        let told = format!(
            "no rule of {} has the code or the reason \"{}\"",
            shown_path(file),
            printable(code.as_bytes(), 80)
        );
        let hint =
            "a code names a rule and its stage's date: an earlier version of the policy may have had it";
        return Err(Error::no(told).with_hint(hint));
    }
    let source = std::fs::read_to_string(file).unwrap_or_default();
    for listed in &found {
        match console.is_json() {
            true => write_json(listed, console)?,
            false => write(listed, file, &source, now, console)?,
        }
    }
    Ok(Exit::Done)
}

fn write_json(listed: &Listed<'_>, console: &mut Console<'_>) -> Result<(), Error> {
    let rule = listed.rule;
    console.object(&json!({
        "reason": &*rule.reason,
        "code": rule.code.as_str(),
        "effect": describe(listed),
        "shadow": listed.shadow,
        "from": rule.from.map(|from| from.to_string()),
        "key": rule.place.as_ref().map(|place| &*place.key),
        "line": rule.place.as_ref().map(|place| place.line),
    }))
}

fn write(
    listed: &Listed<'_>,
    file: &Path,
    source: &str,
    now: Timestamp,
    console: &mut Console<'_>,
) -> Result<(), Error> {
    let rule = listed.rule;
    let when = match rule.from {
        None => String::new(),
        Some(from) if from <= now => format!(", begun {}", day(from)),
        Some(from) => format!(", begins {}", day(from)),
    };
    writeln!(console, "{}, code {}: {}{when}", rule.reason, rule.code, describe(listed))?;
    match &rule.place {
        Some(place) => {
            writeln!(console, "  {}:{}: {}", shown_path(file), place.line, place.key)?;
            let line = place.line.checked_sub(1).and_then(|before| usize::try_from(before).ok());
            if let Some(text) = line.and_then(|line| source.lines().nth(line)) {
                writeln!(console, "  | {}", printable(text.trim().as_bytes(), 160))?;
            }
        }
        None => writeln!(console, "  {}", built_in(&rule.reason))?,
    }
    Ok(())
}

/// What a rule is about that every policy has.
fn built_in(reason: &str) -> &'static str {
    match reason {
        "default" => "every policy: no rule has anything against the request",
        "path.robots" => "every policy: robots.txt is for everybody",
        "network.trusted" => "section networks: the address is of kind trusted or internal",
        "crawler.verified" => "section crawlers: user agent and address are those of one crawler",
        "session.valid" => "section sessions: the token is valid",
        "network.abusive" => {
            "section networks: the address is of kind abusive, and neither session nor cookie pass lifts it"
        }
        "cors.preflight" => "every policy: a CORS preflight says nothing of the script that will ask",
        "shadow" => {
            "section shadow, or a rule in shadow: the verdict's field would has the rule that would have decided"
        }
        _ => "every policy",
    }
}
