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

use case::{Case, FIELDS};
use folder::PolicyFolder;
use limits::{Seed, Table};
use policy::facts::Connection;
use policy::session::SessionCache;
use policy::{Memory, Policy, Request};

/// The fields of the verdict on a case, by a table and a cache of its own.
fn judge(policy: &Policy, case: &Case) -> BTreeMap<String, String> {
    let lines = case.headers();
    let mut headers = policy.headers();
    for (name, value) in &lines {
        headers.record(name.as_bytes(), value.as_bytes());
    }
    let request = Request {
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
    };
    let table = Table::new(16, &Seed::from([7; 16])).unwrap();
    let sessions = SessionCache::new(16, [7; 32]).unwrap();
    let memory = Memory { limits: &table, sessions: &sessions };
    let verdict = policy.decide(&request, memory, case.text("time").unwrap().parse().unwrap());
    let mut fields = BTreeMap::new();
    verdict
        .each_field::<()>(|name, value| {
            fields.insert(name.to_owned(), value.to_string());
            Ok(())
        })
        .unwrap();
    fields
}

fn policy() -> Policy {
    let name = format!("verdicts-{}", std::process::id());
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
