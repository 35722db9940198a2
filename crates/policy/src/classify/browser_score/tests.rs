//! The vectors of `tests/vectors/browser-score`, and what holds of any request.

use std::collections::BTreeMap;
use std::path::Path;

use proptest::prelude::*;
use serde::Deserialize;

use super::*;
use crate::classify::user_agent::UserAgents;
use crate::compile::Compiler;
use crate::document::BrowserScoreDocument;
use crate::error::Problems;
use crate::{Headers, Policy};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    client: String,
    request: String,
    #[serde(default = "get")]
    method: String,
    host: String,
    path: String,
    tls: bool,
    version: String,
    tls_label: Option<String>,
    #[serde(default)]
    sealed: bool,
    headers: BTreeMap<String, String>,
    band: Band,
    at_least: Option<u8>,
    score: Option<u8>,
    signal: Option<(String, i16)>,
    #[serde(default, rename = "why")]
    _why: String,
}

fn get() -> String {
    "GET".to_owned()
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Band {
    Browser,
    Between,
    Script,
}

impl Band {
    fn holds(self, total: u8) -> bool {
        match self {
            Self::Browser => (81..=100).contains(&total),
            Self::Between => (20..=80).contains(&total),
            Self::Script => total < 20,
        }
    }
}

impl Vector {
    fn score(&self, agents: &UserAgents) -> Score {
        let mut headers = Headers::default();
        for (name, value) in &self.headers {
            headers.record(name.as_bytes(), value.as_bytes());
        }
        let request = Request {
            method: self.method.as_bytes(),
            host: self.host.as_bytes(),
            path: self.path.as_bytes(),
            headers,
            ..Request::default()
        };
        let connection = Connection {
            version: Some(self.version.parse().unwrap()),
            tls: Some(self.tls),
            tls_label: self.tls_label.as_ref().map(|label| label.parse().unwrap()),
        };
        let class = agents.classify(headers.user_agent(), headers.api_user_agent()).class;
        BrowserScore::default().score(&request, class, &connection, self.sealed)
    }

    /// What is wrong with a score.
    fn fault(&self, score: &Score) -> Option<String> {
        let total = score.total();
        let point =
            |name: &str| score.signals().find(|signal| signal.name == name).map(|signal| signal.points);
        if !self.band.holds(total) {
            return Some("is in another band".to_owned());
        }
        if let Some(least) = self.at_least.filter(|least| total < *least) {
            return Some(format!("is below {least}"));
        }
        if let Some(expected) = self.score.filter(|expected| total != *expected) {
            return Some(format!("is not {expected}"));
        }
        let (name, expected) = self.signal.as_ref()?;
        (point(name) != Some(*expected)).then(|| format!("has not {expected} for {name}"))
    }
}

/// The policy whose patterns say what a browser is.
fn shipped() -> Policy {
    Policy::load(concat!(env!("CARGO_MANIFEST_DIR"), "/../../policy/policy.yaml").as_ref()).unwrap()
}

fn vectors() -> Vec<(String, Vector)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/browser-score");
    let mut vectors = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().path();
        if file.extension().is_none_or(|extension| extension != "jsonl") {
            continue;
        }
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        for (line, number) in std::fs::read_to_string(&file).unwrap().lines().zip(1..) {
            let vector = serde_json::from_str(line).unwrap_or_else(|why| panic!("{name}:{number}: {why}"));
            vectors.push((format!("{name}:{number}"), vector));
        }
    }
    vectors
}

#[test]
fn every_vector_gets_what_it_says() {
    let (policy, vectors) = (shipped(), vectors());
    let mut wrong = Vec::new();
    for (place, vector) in &vectors {
        let score = vector.score(&policy.user_agents);
        if let Some(fault) = vector.fault(&score) {
            let Vector { client, request, .. } = vector;
            let signals: Vec<String> = score.signals().map(|s| format!("  {s:?}")).collect();
            wrong.push(format!(
                "{place}: {client}, {request}: {} {fault}\n{}",
                score.total(),
                signals.join("\n")
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(vectors.len() >= 60, "only {} vectors", vectors.len());
}

#[test]
fn the_total_is_the_share_of_the_points_that_could_be_had() {
    let policy = shipped();
    for (place, vector) in vectors() {
        let score = vector.score(&policy.user_agents);
        let (points, of) = score.signals().fold((0_i32, 0_i32), |(points, of), signal| {
            assert!(signal.points.unsigned_abs() <= signal.of, "{place}: {signal:?}");
            (points + i32::from(signal.points), of + i32::from(signal.of))
        });
        // Points are shown in whole numbers, each rounded down by less than one.
        let least = (100 * points / of).clamp(0, 100);
        let most = (100 * (points + 9) / of + 1).clamp(0, 100);
        assert!((least..=most).contains(&i32::from(score.total())), "{place}: {score:?}");
    }
}

fn weights(fetch_metadata: u16, others: u16) -> Result<BrowserScore, String> {
    let weight = |name| if name == "fetch_metadata" { fetch_metadata } else { others };
    let weights = SIGNALS.iter().map(|signal| format!("{}: {}", signal.name, weight(signal.name)));
    let yaml = format!("weights: {{ {} }}", weights.collect::<Vec<_>>().join(", "));
    let section: BrowserScoreDocument = serde_saphyr::from_str(&yaml).unwrap();
    let mut problems = Problems::default();
    let mut compiler = Compiler { file: "policy.yaml".as_ref(), problems: &mut problems };
    let score = BrowserScore::compile(&section, &mut compiler);
    problems.into_result(Some(score)).map_err(|why| why.to_string())
}

#[test]
fn weights_of_the_policy_count() {
    let mut headers = Headers::default();
    for (name, value) in
        [("sec-fetch-site", "none"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")]
    {
        headers.record(name.as_bytes(), value.as_bytes());
    }
    let request = Request { headers, ..Request::default() };
    let total =
        |score: BrowserScore| score.score(&request, UaClass::OTHER, &Connection::default(), false).total();
    assert_eq!(total(weights(1000, 0).unwrap()), 100);
    assert_eq!(total(weights(0, 10).unwrap()), 0);
}

#[test]
fn weights_that_count_nothing_or_too_much_are_refused() {
    assert!(weights(0, 0).unwrap_err().contains("no signal"));
    assert!(weights(1001, 0).unwrap_err().contains("1001 is no weight"));
}

proptest! {
    #[test]
    fn any_headers_have_a_score(
        headers in prop::collection::vec((prop::sample::select(vec![
            "user-agent", "accept", "accept-language", "accept-encoding", "sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest",
            "sec-fetch-user", "sec-ch-ua", "sec-ch-ua-mobile", "sec-ch-ua-platform", "referer", "range",
        ]), prop::collection::vec(any::<u8>(), 0..80)), 0..12),
        chrome: bool,
    ) {
        let mut recorded = Headers::default();
        if chrome {
            recorded.record(b"user-agent", b"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36");
        }
        for (name, value) in &headers {
            recorded.record(name.as_bytes(), value);
        }
        let request = Request { headers: recorded, path: b"/a.jpg", ..Request::default() };
        let score = BrowserScore::default().score(&request, UaClass::BROWSER, &Connection::default(), false);
        prop_assert!(score.total() <= 100);
        prop_assert_eq!(score.signals().count(), SIGNALS.len());
    }
}
