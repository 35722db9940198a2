//! What the pages show of policies compiles, and what they say comes of it does.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what a helper of a test expects holds, or the test has failed"
)]

use std::path::{Path, PathBuf};

use limits::{Seed, Table};
use policy::session::SessionCache;
use policy::{Memory, Policy, Request};

const CONTACT: &str =
    "version: 1\ncontact: { email: noc@example.org, url: \"https://example.org/user-agent-policy\" }\n";

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The fragments of a page in this language.
fn fragments(page: &str, language: &str) -> Vec<String> {
    let text = std::fs::read_to_string(repository().join("docs").join(page)).unwrap();
    let fence = format!("```{language}\n");
    text.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

/// A policy of one fragment, beside the shipped classes.
fn compile(name: &str, fragment: &str) -> Policy {
    let folder =
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("docs-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::copy(repository().join("policy/user-agents.yaml"), folder.join("user-agents.yaml")).unwrap();
    std::fs::write(folder.join("policy.yaml"), format!("{CONTACT}{fragment}")).unwrap();
    let policy = Policy::load(&folder.join("policy.yaml"));
    std::fs::remove_dir_all(&folder).unwrap();
    policy.unwrap_or_else(|why| panic!("{name}: {why}\n{fragment}"))
}

#[test]
fn every_fragment_of_a_policy_compiles() {
    for (page, expected) in [
        ("stages.md", 2),
        ("limits.md", 1),
        ("browser-score.md", 1),
        ("cookie-pass.md", 2),
        ("sitemaps.md", 1),
    ] {
        let fragments = fragments(page, "yaml");
        assert_eq!(fragments.len(), expected, "{page}");
        for (n, fragment) in fragments.iter().enumerate() {
            compile(&format!("{page}-{n}"), fragment);
        }
    }
}

#[test]
fn the_notice_is_the_one_that_the_page_shows() {
    let policy = compile("notice", &fragments("stages.md", "yaml")[0]);
    let table = Table::new(10, &Seed::from([7; 16])).unwrap();
    let mut headers = policy.headers();
    headers.record(b"user-agent", b"python-requests/2.32.3");
    let request = Request { method: b"GET", path: b"/", headers, ..Request::default() };
    let sessions = SessionCache::new(1, [7; 32]).unwrap();
    let memory = Memory { limits: &table, sessions: &sessions };
    let verdict = policy.decide(&request, memory, "2027-02-01T12:00:00Z".parse().unwrap());
    let notice = verdict.notice.unwrap();
    let shown = format!(
        "Deprecation: {}\nSunset: {}\nLink: {}\n",
        notice.deprecation,
        notice.sunset.as_deref().unwrap(),
        notice.link
    );
    assert!(fragments("stages.md", "text").contains(&shown), "{shown}");
}

#[test]
fn the_line_to_paste_is_the_one_that_the_page_shows() {
    let policy = compile("cookie-pass", &fragments("cookie-pass.md", "yaml")[0]);
    let pass = policy.cookie_passes().passes().next().unwrap();
    let line = pass.snippet("2026-11-20".parse().unwrap()).unwrap().to_string();
    assert_eq!(fragments("cookie-pass.md", "js"), [line + "\n"]);
}
