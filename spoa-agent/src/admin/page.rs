//! The page for people: what runs here, whether it is well, and where to look further.

use std::fmt::{self, Display, Write as _};

use policy::verdict::Action;

use super::Context;

/// Nothing is loaded and nothing runs.
pub(super) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

const HEAD: &str = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>spoa-agent</title>\
<meta name=\"viewport\" content=\"width=device-width\"><style>\
body{font:16px/1.5 system-ui,sans-serif;max-width:50em;margin:2em auto;padding:0 1em;color:#202122;background:#fff}\
table{border-collapse:collapse;width:100%;margin-bottom:1.5em}th,td{text-align:left;padding:.2em 1em .2em 0;border-bottom:1px solid #c8ccd1}\
th{font-weight:normal;color:#54595d;width:14em}.bad{color:#b32424;font-weight:bold}h1{font-size:1.4em}h2{font-size:1.1em}\
@media(prefers-color-scheme:dark){body{background:#101418;color:#eaecf0}th{color:#a2a9b1}.bad{color:#ff8a80}a{color:#88a3e8}}\
</style></head><body>";

/// Most rows of reasons that are shown.
const MAX_REASONS: usize = 12;

/// The page.
pub(super) fn render(context: &Context) -> String {
    let mut page = String::from(HEAD);
    // To write into a string does not fail.
    let _ = write(&mut page, context);
    page.push_str("</body></html>\n");
    page
}

fn write(page: &mut String, context: &Context) -> fmt::Result {
    let known = context.reload.known();
    let phase = context.lifecycle.phase().as_str();
    write!(page, "<h1>spoa-agent {} is {phase}</h1><table>", env!("CARGO_PKG_VERSION"))?;
    row(page, "listens on", &context.listen)?;
    row(page, "policy", context.policy.display())?;
    row(page, "fingerprint", &known.fingerprint)?;
    row(page, "in force for", Span(known.age().as_secs()))?;
    if known.shadow {
        row(page, "shadow", "the whole policy: nobody is refused")?;
    }
    if let Some(failing) = known.failing_for() {
        let seconds = failing.as_secs();
        let text =
            format!("the files have held a policy that does not compile for {}: see the log", Span(seconds));
        write!(page, "<tr><th>reload</th><td class=\"bad\">{}</td></tr>", Escaped(text))?;
    }
    let (open, max) = (context.connections.open(), context.max_connections);
    row(page, "connections", format_args!("{open} of {max}"))?;
    let limits = context.service.limits();
    let entries = format!("{} of {}, {} lost", limits.entries(), context.limiter_keys, limits.evictions());
    row(page, "keys of limits", entries)?;
    row(page, "lines of the log lost", context.log.as_ref().map_or(0, |log| log.dropped()))?;
    decided(page, context)?;
    page.push_str(
        "<p><a href=\"/explain\">what am I?</a> · <a href=\"/metrics\">metrics</a> · <a href=\"/healthz\">healthz</a> · \
         <a href=\"/readyz\">readyz</a> · <a href=\"/log-level\">level of the log</a></p>",
    );
    Ok(())
}

fn decided(page: &mut String, context: &Context) -> fmt::Result {
    let totals = context.service.tally().totals();
    page.push_str("</table><h2>Since the start</h2><table>");
    for action in [Action::Allow, Action::Limit, Action::Deny] {
        row(page, action.as_str(), totals.done(action))?;
    }
    row(page, "would limit, in shadow", totals.would_have(Action::Limit))?;
    row(page, "would deny, in shadow", totals.would_have(Action::Deny))?;
    row(page, "without a verdict", totals.undecided.iter().sum::<u64>())?;
    let refused = totals.by_reason().filter(|(action, _, count)| *action != Action::Allow && *count > 0);
    let mut reasons: Vec<_> = refused.collect();
    reasons.sort_by_key(|(_, _, count)| std::cmp::Reverse(*count));
    if !reasons.is_empty() {
        page.push_str("</table><h2>Refused most often</h2><table>");
    }
    for (action, reason, count) in reasons.into_iter().take(MAX_REASONS) {
        row(page, format_args!("{action} {reason}"), count)?;
    }
    page.push_str("</table>");
    Ok(())
}

fn row(page: &mut String, name: impl Display, value: impl Display) -> fmt::Result {
    write!(page, "<tr><th>{}</th><td>{}</td></tr>", Escaped(name), Escaped(value))
}

/// Text within HTML.
struct Escaped<T>(T);

impl<T: Display> Display for Escaped<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.to_string().chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                _ => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// Seconds as people say them.
struct Span(u64);

impl Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, hours, minutes) = (self.0 / 86_400, self.0 / 3_600 % 24, self.0 / 60 % 60);
        match (days, hours, minutes) {
            (0, 0, 0) => write!(f, "{} s", self.0),
            (0, 0, minutes) => write!(f, "{minutes} min {} s", self.0 % 60),
            (0, hours, minutes) => write!(f, "{hours} h {minutes} min"),
            (days, hours, _) => write!(f, "{days} d {hours} h"),
        }
    }
}
