//! The page for people: one file without script, image or anything to load, readable on any screen, in print and aloud.

use std::fmt::{self, Write};

use super::Answer;
use super::escape::{Html, Percent};
use super::prose::Prose;
use super::untrusted::Untrusted;
use super::wording::Part;
use crate::verdict::Action;

/// The value of `Content-Security-Policy` for a page: its own style and nothing else (CSP level 3; the hash is that of the
/// style).
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; \
     style-src 'sha256-TCthmUp/iLxmvyRNaT6PWoTlcpMnw7JyfzznPSJs9NA='; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// All text has a contrast of 7:1 and more (WCAG 2.2, 1.4.6). On one line, as the whole page is.
const STYLE: &str = concat!(
    ":root{color-scheme:light dark;--page:#fff;--ink:#1b1d1f;--soft:#4b5157;--link:#0a4a94;--box:#f3f4f6;--line:#d5d9dd}",
    "@media screen and (prefers-color-scheme:dark){",
    ":root{--page:#15181b;--ink:#e9ebed;--soft:#b6bcc3;--link:#a3ccff;--box:#1f2428;--line:#3b4249}}",
    "body{margin:0;background:var(--page);color:var(--ink);font:1.0625rem/1.6 system-ui,sans-serif;overflow-wrap:anywhere}",
    "main,nav{box-sizing:border-box;max-width:40rem;margin:auto;padding:0 1.25rem}",
    "main{padding-top:clamp(1.5rem,9vh,6rem)}",
    "nav{padding-bottom:3rem}",
    "p{margin:0 0 1rem}",
    ".site{color:var(--soft);font-weight:600}",
    "h1{margin:0 0 1.5rem;font-size:clamp(1.625rem,5vw,2.125rem);line-height:1.2;text-wrap:balance}",
    "h2{margin:1.875rem 0 .375rem;font-size:1.125rem;line-height:1.3}",
    "a{color:var(--link);text-underline-offset:.15em}",
    "a:focus-visible{outline:3px solid;outline-offset:3px;border-radius:2px}",
    "code{font:1rem/1.5 ui-monospace,monospace}",
    ".agent{display:block;margin:.625rem 0;padding:.625rem .875rem;border:1px solid var(--line);border-radius:.375rem;",
    "background:var(--box);overflow:hidden}",
    "dl{display:flex;flex-wrap:wrap;gap:.5rem 2.5rem;margin:2.25rem 0 1.5rem;padding-top:1.25rem;border-top:1px solid var(--line)}",
    "dt{color:var(--soft)}",
    "dd{margin:0}",
    "ul{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;margin:0;padding:0;list-style:none}",
);

/// Writes the page on one line.
pub(super) fn write(answer: &Answer<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">")?;
    f.write_str("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">")?;
    f.write_str("<meta name=\"robots\" content=\"noindex\"><title>")?;
    answer.say(Part::Title, &mut Markup(f))?;
    if let Some(site) = &answer.refusal.texts.title {
        write!(Html(f), " – {site}")?;
    }
    f.write_str("</title><style>")?;
    f.write_str(STYLE)?;
    f.write_str("</style></head><body>")?;
    write_main(answer, f)?;
    write_links(answer, f)?;
    f.write_str("</body></html>")
}

fn write_main(answer: &Answer<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("<main>")?;
    if let Some(site) = &answer.refusal.texts.title {
        f.write_str("<p class=\"site\">")?;
        write!(Html(f), "{site}")?;
        f.write_str("</p>")?;
    }
    for (before, part) in [
        ("<h1>", Part::Title),
        ("</h1><p>", Part::Detail),
        ("</p><h2>What you can do</h2><p>", Part::Advice),
        ("</p><h2>Whom to ask</h2><p>", Part::Appeal),
    ] {
        f.write_str(before)?;
        answer.say(part, &mut Markup(f))?;
    }
    f.write_str("</p>")?;
    write_facts(answer, f)?;
    f.write_str("</main>")
}

/// What support asks for.
fn write_facts(answer: &Answer<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let action = answer.refusal.action;
    let status = match action {
        Action::Limit => "Too Many Requests",
        Action::Allow | Action::Deny => "Forbidden",
    };
    write!(f, "<dl><div><dt>Status</dt><dd>{} {status}</dd></div>", action.status())?;
    for (term, value) in [("Rule", &*answer.refusal.rule.reason), ("Code", answer.refusal.rule.code.as_str())]
    {
        write!(f, "<div><dt>{term}</dt><dd><code>")?;
        write!(Html(f), "{value}")?;
        f.write_str("</code></dd></div>")?;
    }
    f.write_str("</dl>")
}

fn write_links(answer: &Answer<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let links = &answer.refusal.texts.links;
    if links.is_empty() {
        return Ok(());
    }
    f.write_str("<nav aria-label=\"Further links\"><ul>")?;
    for link in links {
        f.write_str("<li>")?;
        write_link(f, &link.url, &link.text)?;
        f.write_str("</li>")?;
    }
    f.write_str("</ul></nav>")
}

fn write_link(to: &mut dyn Write, url: &str, text: &str) -> fmt::Result {
    to.write_str("<a href=\"")?;
    write!(Html(to), "{url}")?;
    to.write_str("\">")?;
    write!(Html(to), "{text}")?;
    to.write_str("</a>")
}

/// Sentences as phrasing content of a page.
struct Markup<'w>(&'w mut dyn Write);

impl Markup<'_> {
    fn code(&mut self, tag: &str, text: impl fmt::Display) -> fmt::Result {
        self.0.write_str(tag)?;
        write!(Html(self.0), "{text}")?;
        self.0.write_str("</code>")
    }
}

impl Prose for Markup<'_> {
    fn words(&mut self, words: fmt::Arguments<'_>) -> fmt::Result {
        Html(self.0).write_fmt(words)
    }

    fn name(&mut self, name: &str) -> fmt::Result {
        self.code("<code>", name)
    }

    fn sent(&mut self, user_agent: Untrusted<'_>) -> fmt::Result {
        self.code("<code class=\"agent\">", user_agent)
    }

    fn example(&mut self, user_agent: &str) -> fmt::Result {
        self.code("<code class=\"agent\">", user_agent)
    }

    fn email(&mut self, answer: &Answer<'_>) -> fmt::Result {
        let (email, rule) = (&answer.refusal.operator.email, answer.refusal.rule);
        self.0.write_str("<a href=\"mailto:")?;
        // RFC 6068 section 2: what could end the address or the subject is escaped.
        write!(Percent { to: self.0, keep: "@" }, "{email}")?;
        self.0.write_str("?subject=")?;
        write!(Percent { to: self.0, keep: "" }, "{}, code {}", rule.reason, rule.code)?;
        self.0.write_str("\">")?;
        write!(Html(self.0), "{email}")?;
        self.0.write_str("</a>")
    }

    fn policy(&mut self, answer: &Answer<'_>) -> fmt::Result {
        let url = &answer.refusal.operator.url;
        write_link(self.0, url, url)
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use sha2::{Digest as _, Sha256};

    use super::*;

    #[test]
    fn the_content_security_policy_lets_in_this_style_alone() {
        let hash = STANDARD.encode(Sha256::digest(STYLE));
        let expected = format!(
            "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        );
        assert_eq!(CONTENT_SECURITY_POLICY, expected);
    }
}
