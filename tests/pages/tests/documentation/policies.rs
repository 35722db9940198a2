//! Fragments of policies compile, and what the pages say comes of them does.

use limits::{Seed, Table};
use policy::session::SessionCache;
use policy::{Memory, Policy, Request};

use crate::folder::compile;
use crate::{fragments, fragments_of, none_failed};

#[test]
fn every_fragment_of_a_policy_compiles() {
    let policies = fragments("yaml").into_iter().filter(|fence| fence.part.is_empty());
    let failed = policies.filter_map(|fence| {
        compile(&fence.name(), &fence.text).err().map(|why| format!("{}: {why}\n{}", fence.place, fence.text))
    });
    none_failed(&failed.collect::<Vec<_>>());
}

fn policy_of(page: &str, number: usize) -> Policy {
    compile(&format!("{}-{number}", page.replace('/', "-")), &fragments_of(page, "yaml")[number].text)
        .unwrap()
}

#[test]
fn the_notice_is_the_one_that_the_page_shows() {
    let policy = policy_of("docs/stages.md", 0);
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
    let texts = fragments_of("docs/stages.md", "text");
    assert!(texts.iter().any(|fence| fence.text == shown), "{shown}");
}

#[test]
fn the_line_to_paste_is_the_one_that_the_page_shows() {
    let policy = policy_of("docs/cookie-pass.md", 0);
    let pass = policy.cookie_passes().passes().next().unwrap();
    let line = pass.snippet("2026-11-20".parse().unwrap()).unwrap().to_string();
    let shown: Vec<_> = fragments_of("docs/cookie-pass.md", "js").iter().map(|fence| &fence.text).collect();
    assert_eq!(shown, [&(line + "\n")]);
}
