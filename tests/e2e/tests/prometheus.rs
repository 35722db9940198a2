//! What Prometheus makes of the agent, of the rules and of the dashboard that ship.
//!
//! Where there is no Prometheus the tests fail, unless `PROVENANCE_WITHOUT_PROMETHEUS=1` says that this is known.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in the functions of a test too, a panic is the report"
)]

use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use e2e::chain::repository;
use e2e::prometheus::{Prometheus, get, program, promtool};
use e2e::{Ask, Chain, Setup, free_address};
use serde_json::Value;

/// Refuses a library, limits whoever comes more often than twice, would refuse a network, and has a range file with its age.
fn policy() -> String {
    let ranges = repository().join("tests/vectors/verdicts/crawlers/examplebot.json").canonicalize().unwrap();
    format!(
        "networks: [{{ name: scrapers, kind: abusive, shadow: true, cidrs: [198.51.100.0/24] }}]
crawlers: [{{ id: examplebot, user_agents: [examplebot], file: {} }}]
user_agents:
  classes: user-agents.yaml
  stages: {{ library_default: [{{ from: 2025-08-11, block: true }}] }}
limits: [{{ name: ip, key: ip, rate: 2/h }}]
",
        ranges.display()
    )
}

fn contrib() -> PathBuf {
    repository().join("contrib").canonicalize().unwrap()
}

/// Whether there is a Prometheus to ask.
fn is_there() -> bool {
    if program("prometheus").is_some() && program("promtool").is_some() {
        return true;
    }
    let known = std::env::var_os("PROVENANCE_WITHOUT_PROMETHEUS").is_some_and(|value| value == "1");
    assert!(known, "no prometheus, or no promtool: scripts/setup test fetches the distribution's package");
    drop(writeln!(
        io::stderr(),
        "PROVENANCE_WITHOUT_PROMETHEUS=1: did not look at metrics, rules and dashboard"
    ));
    false
}

/// The expressions of the dashboard, its variables replaced.
fn dashboard() -> Vec<String> {
    let text = std::fs::read_to_string(contrib().join("grafana/provenance.json")).unwrap();
    let board: Value = serde_json::from_str(&text).unwrap();
    let mut found = Vec::new();
    collect(&board, &mut found);
    let replaced = |text: String| {
        text.replace("$__rate_interval", "1m").replace("$job", ".*").replace("$instance", ".*")
    };
    found.into_iter().map(replaced).collect()
}

fn collect(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("expr").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|value| collect(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, found)),
        _ => {}
    }
}

/// The metrics that an expression names.
fn metrics_in(expression: &str) -> impl Iterator<Item = &str> {
    let words = expression.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ':'));
    words.filter(|word| ["provenance_", "process_", "instance:"].iter().any(|start| word.starts_with(start)))
}

#[test]
fn rules_are_as_promtool_wants_them_and_hold_what_their_tests_say() {
    if !is_there() {
        return;
    }
    let folder = contrib().join("prometheus");
    for args in [
        &["check", "rules", "provenance.rules.yml"][..],
        &["test", "rules", "provenance.rules.test.yml", "provenance.files.test.yml"],
    ] {
        let (content, said) = promtool(&folder, args, "").unwrap();
        assert!(content, "{args:?}: {said}");
    }
}

#[test]
fn prometheus_knows_each_metric_that_rules_and_dashboard_ask_for() {
    if !is_there() {
        return;
    }
    let admin = free_address().unwrap();
    let chain = Chain::start(&Setup::written(&policy()).admin(admin).patient().without_varnish()).unwrap();
    let rules = contrib().join("prometheus/provenance.rules.yml");
    let prometheus = Prometheus::start(admin, &rules).unwrap();
    prometheus.await_result("up{job=\"provenance\"} == 1").unwrap();
    let send = |ask: Ask<'_>, count| ask.repeat(&chain, count).unwrap();
    send(Ask::library(Ipv4Addr::new(203, 0, 113, 1)), 3);
    send(Ask::browser(Ipv4Addr::new(203, 0, 113, 2)), 5);
    send(Ask::browser(Ipv4Addr::new(198, 51, 100, 1)), 1);

    let denied = "provenance_agent_rule_decisions_total{action=\"deny\",reason=\"ua.library_default\"} == 3";
    prometheus.await_result(denied).unwrap();
    let by_class = "provenance_agent_decisions_total{action=\"limit\",tier=\"E\",ua_class=\"browser\"} == 3";
    prometheus.await_result(by_class).unwrap();
    let would = "provenance_agent_shadow_decisions_total{action=\"deny\",reason=\"network.abusive\"} == 1";
    prometheus.await_result(would).unwrap();
    for recorded in ["decisions:rate5m", "refused:ratio_rate5m", "would_refuse:ratio_rate5m"] {
        prometheus.await_result(&format!("instance:provenance_{recorded}")).unwrap();
    }
    prometheus.await_result("{__name__=\"instance:provenance_decision_seconds:p99_rate5m\"}").unwrap();

    let known: BTreeSet<String> = prometheus.metrics().unwrap().into_iter().collect();
    let of_rules = all_rules(&prometheus);
    let expressions: Vec<String> =
        of_rules.iter().map(|rule| text(rule, "query")).chain(dashboard()).collect();
    assert!(expressions.len() > 60, "{}", expressions.len());
    let mut asked = BTreeSet::new();
    for expression in &expressions {
        prometheus.query(expression).unwrap().unwrap_or_else(|why| panic!("{expression}: {why}"));
        asked.extend(metrics_in(expression));
    }
    let unknown: Vec<_> = asked.iter().filter(|name| !known.contains(**name)).collect();
    assert!(unknown.is_empty(), "{unknown:?} of {known:#?}");
    for rule in &of_rules {
        assert_eq!((text(rule, "health"), text(rule, "lastError")), ("ok".into(), String::new()), "{rule}");
    }
    // Whatever the agent exports can be seen by somebody who looks at the dashboard.
    let unseen: Vec<_> = known
        .iter()
        .filter(|name| name.starts_with("provenance_agent_") && !asked.contains(&***name))
        .collect();
    assert_eq!(unseen, ["provenance_agent_build_info"]);
}

/// The rules, when each has been evaluated.
fn all_rules(prometheus: &Prometheus) -> Vec<Value> {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let rules = prometheus.rules().unwrap();
        if rules.iter().all(|rule| text(rule, "health") != "unknown") {
            return rules;
        }
        assert!(Instant::now() < deadline, "{rules:#?}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn text(rule: &Value, field: &str) -> String {
    rule.get(field).and_then(Value::as_str).unwrap_or_default().to_owned()
}

#[test]
fn promtool_has_nothing_against_the_metrics() {
    if !is_there() {
        return;
    }
    let admin = free_address().unwrap();
    let chain = Chain::start(&Setup::written(&policy()).admin(admin).patient().without_varnish()).unwrap();
    Ask::library(Ipv4Addr::new(203, 0, 113, 1)).send(&chain).unwrap();
    let metrics = get(&format!("http://{admin}/metrics"), None, &[]).unwrap();
    assert!(metrics.contains("provenance_agent_decisions_total{"), "{metrics}");
    let (content, said) = promtool(&contrib(), &["check", "metrics"], &metrics).unwrap();
    assert!(content && said.trim().is_empty(), "{said}");
}
