//! What is told of rules for images against all URLs that there can be, of policies made up at random.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use proptest::prelude::*;

use super::*;
use crate::Policy;
use crate::classify::crawler::Identity;
use crate::classify::user_agent::UaClass;
use crate::classify::{Client, Tier};
use crate::decide::case::Case;
use crate::facts::{Headers, Request};
use crate::seal::ImageProvenance;
use crate::session::{Session, SessionStatus};

/// `web` is fresh for a day, `api` for two; `unknown` is what no source names.
const SOURCES: [&str; 3] = ["web", "api", "unknown"];
const PATHS: [&str; 4] = ["/a.png", "/a/b.png", "/a/c.jpg", "/a/../b.png"];
const PATTERNS: [&str; 4] = ["/*.png", "/a/*", "/a/b.png", "/a*.png"];
const REFERERS: [Option<&str>; 3] = [None, Some("https://example.org/"), Some("https://example.net/")];
const HOUR: u64 = 3600;
const AGES: [u64; 4] = [HOUR, 13 * HOUR, 25 * HOUR, 49 * HOUR];

prop_compose! {
    /// A rule as a line of YAML, but for its name.
    fn rule()(
        statuses in prop::sample::subsequence(SealStatus::ALL.map(SealStatus::as_str).to_vec(), 1..5),
        sources in prop::sample::subsequence(vec!["web", "api"], 0..3),
        paths in prop::sample::subsequence(PATTERNS.to_vec(), 0..3),
        older_than in prop::sample::select(vec!["", "older_than: 12h,", "older_than: 1d,", "older_than: 2d,"]),
        referer in prop::sample::select(vec!["", "", "referer: own,", "referer: foreign,", "referer: absent,"]),
        action in prop::sample::select(vec!["block: true", "rate: 1/s", "free: true", "block: true, shadow: true"]),
    ) -> String {
        let list = |list: &[&str]| list.join(", ");
        format!(
            "statuses: [{}], sources: [{}], paths: [{}], {older_than} {referer} {action}",
            list(&statuses), list(&sources), list(&paths)
        )
    }
}

fn policy(rules: &[String], has_key: bool) -> Policy {
    let folder = std::env::temp_dir().join(format!("provenance-coverage-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("key"), [7; 32]).unwrap();
    fs::set_permissions(folder.join("key"), fs::Permissions::from_mode(0o600)).unwrap();
    let key = if has_key { "{ id: k, file: key }" } else { "" };
    let rules: String =
        rules.iter().enumerate().map(|(n, rule)| format!("    - {{ name: r{n}, {rule} }}\n")).collect();
    let policy = format!(
        "version: 1
contact: {{ email: noc@example.org, url: 'https://example.org/' }}
provenance:
  keys: [{key}]
  sites: [example.org]
  sources:
    web: {{ generators: [parser], max_age: 1d }}
    api: {{ generators: [rest], max_age: 2d }}
  rules:
{rules}"
    );
    fs::write(folder.join("policy.yaml"), policy).unwrap();
    let policy = Policy::load(&folder.join("policy.yaml"));
    fs::remove_dir_all(&folder).unwrap();
    policy.unwrap()
}

/// Every provenance that a URL can have, as `seal::verify` finds it.
fn provenances(has_key: bool) -> Vec<ImageProvenance<'static>> {
    use SealStatus::{Early, Forged, Malformed, None as NoParameter, Stale, UnknownKey, Unsigned, Valid};
    let all = SealStatus::ALL.into_iter().flat_map(|status| {
        let sources = SOURCES.into_iter().map(Some).chain([None]);
        sources.flat_map(move |source| {
            let ages = AGES.into_iter().chain([0]).map(Some).chain([None]);
            ages.map(move |age| ImageProvenance { source, age, ..ImageProvenance::only(status) })
        })
    });
    let can_be = |found: &ImageProvenance<'_>| {
        let fresh_for = match found.source {
            Some("web") => 24 * HOUR,
            Some("api") => 48 * HOUR,
            _ => 0,
        };
        match found.status {
            NoParameter | Malformed => found.source.is_none() && found.age.is_none(),
            Unsigned | UnknownKey => found.age.is_none(),
            Forged => has_key && found.age.is_none(),
            Early => has_key && found.age == Some(0),
            Stale => has_key && found.age.is_some_and(|age| age > fresh_for),
            Valid => has_key && fresh_for > 0 && found.age.is_some_and(|age| age <= fresh_for),
        }
    };
    all.filter(can_be).collect()
}

/// The rules that decide for some request, and those that fit one.
fn seen(policy: &Policy, has_key: bool) -> (Vec<bool>, Vec<bool>) {
    let rules = &policy.image_rules;
    let mut deciding = vec![false; rules.rules.len()];
    let mut fitting = deciding.clone();
    for provenance in provenances(has_key) {
        let client = Client {
            ip: None,
            network: None,
            crawler: Identity::Nobody,
            session: Session::only(SessionStatus::None),
            tier: Tier::E,
            ua_class: UaClass::BROWSER,
            contact: None,
            provenance,
            browser_score: 0,
        };
        for (path, referer) in PATHS.into_iter().flat_map(|path| REFERERS.map(|referer| (path, referer))) {
            for method in [&b"GET"[..], b"POST"] {
                let mut headers = Headers::default();
                if let Some(referer) = referer {
                    headers.record(b"referer", referer.as_bytes());
                }
                let request = Request { method, path: path.as_bytes(), headers, ..Request::default() };
                let case = Case::new(request, &client, policy.provenance());
                let mut decided = false;
                for (n, rule) in
                    rules.rules.iter().enumerate().filter(|(_, rule)| rule.fits(&case, &rules.sites))
                {
                    fitting[n] = true;
                    deciding[n] |= !decided;
                    decided |= !rule.shadow;
                }
            }
        }
    }
    (deciding, fitting)
}

proptest! {
    #[test]
    fn a_rule_that_is_told_to_decide_nothing_decides_nothing(
        rules in prop::collection::vec(rule(), 1..7),
        has_key in any::<bool>(),
    ) {
        let policy = policy(&rules, has_key);
        let provenance = policy.provenance().unwrap();
        let (deciding, fitting) = seen(&policy, has_key);
        for (n, rule) in policy.image_rules.iter().enumerate() {
            if !rule.obstacles(provenance).is_empty() {
                prop_assert!(!fitting[n], "rule {n} holds: {rules:#?}");
            }
            if policy.image_rules.is_unreachable(n, provenance) {
                prop_assert!(!deciding[n], "rule {n} decides: {rules:#?}");
            }
        }
    }
}
