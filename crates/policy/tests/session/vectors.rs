use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use policy::session::{Session, SessionCache};
use policy::{Headers, Policy, Request, Timestamp};
use serde_json::Value;

use crate::policies::{cache, unchanged, vectors};

/// Every case, with the file that it stands in.
pub fn cases() -> Vec<(String, Value)> {
    let mut cases = Vec::new();
    for entry in std::fs::read_dir(vectors()).unwrap() {
        let file = entry.unwrap().path();
        if file.extension().is_some_and(|extension| extension == "jsonl") {
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&file).unwrap();
            cases.extend(text.lines().map(|line| (name.clone(), serde_json::from_str(line).unwrap())));
        }
    }
    cases
}

/// The Cookie line of a case of the vectors.
pub fn line(name: &str) -> String {
    let cases = cases();
    let (_, case) = cases.iter().find(|(_, case)| case["name"] == name).unwrap();
    case["headers"]["cookie"].as_str().unwrap().to_owned()
}

/// The lines of a header: one text or a list.
fn lines(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(lines) => lines.iter().map(|line| line.as_str().unwrap()).collect(),
        line => vec![line.as_str().unwrap()],
    }
}

fn judge<'a>(policy: &'a Policy, case: &'a Value, client: IpAddr, cache: &SessionCache) -> Session<'a> {
    let mut headers = Headers::default();
    for (name, value) in case.get("headers").and_then(Value::as_object).into_iter().flatten() {
        for line in lines(value) {
            headers.record(name.as_bytes(), line.as_bytes());
        }
    }
    let query = case.get("query").map(|query| query.as_str().unwrap().as_bytes());
    let request = Request { query, headers, ..Request::default() };
    let now = Timestamp::from_seconds(case["time"].as_u64().unwrap());
    policy.sessions().unwrap().verify(&request, Some(client), cache, now)
}

#[test]
fn judges_as_the_vectors_say_whether_or_not_it_has_seen_the_token() {
    let policies: BTreeMap<_, _> =
        ["default.yaml", "strict.yaml"].map(|name| (name, unchanged(name, "vectors"))).into();
    let shared = cache();
    let cases = cases();
    for (number, (file, case)) in cases.iter().enumerate() {
        // Each from an address of its own: what one of them sends in vain is not held against the next.
        let client = IpAddr::from(Ipv4Addr::from(u32::try_from(number).unwrap()));
        let what = format!("{file}: {}", case["name"].as_str().unwrap());
        let policy = &policies[case["policy"].as_str().unwrap()];
        let expected = &case["expect"];
        for (seen, cache) in [("not seen before", &cache()), ("first", &shared), ("again", &shared)] {
            let session = judge(policy, case, client, cache);
            assert_eq!(session.status.as_str(), expected["status"].as_str().unwrap(), "{what}, {seen}");
            let subject = session.subject.map(|subject| subject.to_string());
            assert_eq!(subject.as_deref(), expected["subject"].as_str(), "{what}, {seen}: subject");
            assert_eq!(session.class, expected["class"].as_str(), "{what}, {seen}: class");
        }
    }
    assert!(cases.len() >= 380, "only {} cases", cases.len());
}

#[test]
fn the_vectors_have_every_status_and_algorithm() {
    let cases = cases();
    for status in policy::session::SessionStatus::ALL {
        // One token alone is always read: `flood` has that status.
        let by_its_token = status != policy::session::SessionStatus::Unread;
        assert!(
            !by_its_token || cases.iter().any(|(_, case)| case["expect"]["status"] == status.as_str()),
            "{status}"
        );
    }
}
