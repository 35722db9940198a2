use super::*;
use crate::admin::Context;

fn series(text: &str) -> usize {
    text.lines().filter(|line| !line.starts_with('#')).count()
}

#[test]
fn there_are_no_more_series_than_is_promised_whatever_was_counted() {
    let agent = Context::of_the_policy_that_ships();
    agent.service.tally().fill();
    agent.reload.fill();
    let count = series(&render(&agent, Format::OpenMetrics));
    assert!((MAX_SERIES - 200..=MAX_SERIES).contains(&count), "{count}");
}

#[test]
fn an_agent_with_the_policy_that_ships_exports_some_hundreds() {
    let count = series(&render(&Context::of_the_policy_that_ships(), Format::Text));
    assert!((200..=400).contains(&count), "{count}");
}

#[test]
fn the_buckets_of_a_histogram_add_up() {
    let agent = Context::of_the_policy_that_ships();
    for nanos in [100, 300, 300, 20_000_000] {
        agent.service.tally().shard().observe(std::time::Duration::from_nanos(nanos));
    }
    let text = render(&agent, Format::Text);
    for line in [
        "_bucket{le=\"0.00000025\"} 1",
        "_bucket{le=\"0.0000005\"} 3",
        "_bucket{le=\"0.01\"} 3",
        "_bucket{le=\"+Inf\"} 4",
        "_sum 0.0200007",
        "_count 4",
    ] {
        let line = format!("provenance_agent_decision_seconds{line}");
        assert!(text.lines().any(|told| told == line), "{line} in {text}");
    }
}

#[test]
fn the_value_of_a_label_is_escaped() {
    let mut out = exposition::Exposition::new(Format::Text);
    out.family(&family::BUILD).sample(&["a\"b\\c\nd"], 1);
    assert!(out.finish().ends_with("provenance_agent_build_info{version=\"a\\\"b\\\\c\\nd\"} 1\n"));
}

#[test]
fn openmetrics_is_for_those_who_ask_for_it() {
    for (accept, format) in [
        ("", Format::Text),
        ("*/*", Format::Text),
        ("text/plain", Format::Text),
        ("application/openmetrics-text;version=1.0.0;q=0.5,*/*;q=0.1", Format::OpenMetrics),
        ("application/openmetrics-textual", Format::Text),
    ] {
        assert_eq!(Format::accepted(accept), format, "{accept}");
    }
}
