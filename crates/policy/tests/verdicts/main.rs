//! Every verdict of `tests/vectors/verdicts`, which were made by another implementation of the documents.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what a helper of a test expects holds, or the test has failed"
)]

mod case;
mod folder;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use case::{Case, FIELDS};
use folder::PolicyFolder;
use limits::{Seed, Table};
use policy::decide::Said;
use policy::facts::Connection;
use policy::session::SessionCache;
use policy::verdict::Action;
use policy::{Headers, Memory, Policy, Request, Timestamp, Verdict};

/// What is asked of a case whose headers are in `headers`.
fn request<'a>(case: &'a Case, headers: Headers<'a>) -> Request<'a> {
    Request {
        ip: case.text("ip").map(|ip| ip.parse().unwrap()),
        method: case.text("method").unwrap().as_bytes(),
        host: case.text("host").unwrap().as_bytes(),
        path: case.text("path").unwrap().as_bytes(),
        query: case.text("query").map(str::as_bytes),
        headers,
        connection: Connection {
            version: case.text("version").map(|version| version.parse().unwrap()),
            tls: case.tls(),
            tls_label: None,
        },
    }
}

/// Hands the request of a case over to `judge`, with a table and a cache of its own.
fn with_request<T>(
    policy: &Policy,
    case: &Case,
    judge: impl FnOnce(&Request<'_>, Memory<'_>, Timestamp) -> T,
) -> T {
    let lines = case.headers();
    let mut headers = policy.headers();
    for (name, value) in &lines {
        headers.record(name.as_bytes(), value.as_bytes());
    }
    let table = Table::new(16, &Seed::from([7; 16])).unwrap();
    let sessions = SessionCache::new(16, [7; 32]).unwrap();
    let memory = Memory { limits: &table, sessions: &sessions };
    judge(&request(case, headers), memory, case.text("time").unwrap().parse().unwrap())
}

/// The fields of a verdict by name.
fn fields(verdict: &Verdict<'_>) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    verdict
        .each_field::<()>(|name, value| {
            fields.insert(name.to_owned(), value.to_string());
            Ok(())
        })
        .unwrap();
    fields
}

fn judge(policy: &Policy, case: &Case) -> BTreeMap<String, String> {
    with_request(policy, case, |request, memory, now| fields(&policy.decide(request, memory, now)))
}

fn policy() -> Policy {
    // Each test removes its own.
    static FOLDERS: AtomicU32 = AtomicU32::new(0);
    let name = format!("verdicts-{}-{}", std::process::id(), FOLDERS.fetch_add(1, Ordering::Relaxed));
    let folder = PolicyFolder::new(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name));
    Policy::load(&folder.policy()).unwrap_or_else(|why| panic!("{why}"))
}

#[test]
fn decides_as_the_vectors_say() {
    let policy = policy();
    let cases = Case::all();
    assert!(cases.len() >= 1_500, "only {} cases", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let differences = case.differences(&judge(&policy, case));
        if !differences.is_empty() {
            wrong.push(format!("{}\n    {}", case.name(), differences.join("\n    ")));
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn the_vectors_name_every_tier_rule_and_field() {
    let cases = Case::all();
    let values =
        |field: &str| -> BTreeSet<String> { cases.iter().filter_map(|case| case.expected(field)).collect() };
    assert_eq!(values("tier").into_iter().collect::<String>(), "ABCDEF");
    let reasons = values("reason");
    for reason in [
        "cors.preflight",
        "crawler.verified",
        "default",
        "exemption.feed",
        "image.forged",
        "image.fresh",
        "network.abusive",
        "network.trusted",
        "path.robots",
        "session.valid",
        "shadow",
        "sitemap.restricted",
        "ua.library_default",
        "ua.none",
    ] {
        assert!(reasons.contains(reason), "{reason}");
    }
    for field in FIELDS {
        assert!(!values(field).is_empty(), "{field}");
    }
}

/// The steps are told by the code that decides; the last of them that is enforced is what the verdict says.
#[test]
fn every_explanation_leads_to_the_verdict() {
    let policy = policy();
    let listed: Vec<_> = policy.rules().map(|listed| listed.rule.clone()).collect();
    for case in Case::all() {
        let name = case.name();
        with_request(&policy, &case, |request, memory, now| {
            let (verdict, steps) = policy.explain(request, memory.sessions, Some(memory.limits), now);
            assert_eq!(fields(&verdict), judge(&policy, &case), "{name}");
            assert!(steps.iter().all(|step| listed.contains(step.rule)), "{name}: {steps:?}");
            assert!(listed.contains(verdict.rule), "{name}: {:?}", verdict.rule);
            let last = steps.iter().rfind(|step| !step.shadow);
            match verdict.action {
                Action::Deny => {
                    let last = last.unwrap();
                    assert!(matches!(last.said, Said::Refused), "{name}: {steps:?}");
                    assert_eq!(last.rule, verdict.rule, "{name}");
                }
                Action::Limit => {
                    let last = last.unwrap();
                    let Said::Counted { retry_after, .. } = last.said else { panic!("{name}: {steps:?}") };
                    assert!(retry_after.is_some() && last.rule == verdict.rule, "{name}");
                }
                Action::Allow => assert!(
                    steps.iter().all(|step| step.shadow || !matches!(step.said, Said::Refused)),
                    "{name}: {steps:?}"
                ),
            }
        });
    }
}

#[test]
fn the_json_of_a_verdict_says_what_its_variables_say() {
    let policy = policy();
    for case in Case::all() {
        with_request(&policy, &case, |request, memory, now| {
            let verdict = policy.decide(request, memory, now);
            let json = serde_json::to_value(&verdict).unwrap();
            for (name, value) in fields(&verdict) {
                let there = match &*name {
                    "provenance" => &json["provenance"]["status"],
                    "site" | "generator" | "format" | "source" | "age" => &json["provenance"][&name],
                    "ratelimit" | "ratelimit_policy" => &json["limit"][&name],
                    _ => match name.strip_prefix("limit_") {
                        Some(part) => &json["limit"][part],
                        None => &json[&name],
                    },
                };
                let there = there.as_str().map_or_else(|| there.to_string(), str::to_owned);
                assert_eq!(there, value, "{}: {name}", case.name());
            }
        });
    }
}
