//! Rate limits.

use std::time::Duration;

use policy::verdict::Action;

use crate::edge::{Ask, Edge, LIBRARY, at, browser, field, library};

#[test]
fn a_limit_tells_when_to_come_back_and_keeps_its_word() {
    let edge = Edge::new();
    let ask = browser("198.51.100.50");
    assert_eq!(edge.passed(ask, 11), 10);
    let refused = edge.decide(ask);
    assert_eq!((refused.action, &*refused.rule.reason), (Action::Limit, "limit.ip"));
    assert_eq!(field(&refused, "retry_after").as_deref(), Some("1"));
    assert_eq!(field(&refused, "ratelimit_policy").as_deref(), Some("\"ip\";q=10;w=1"));
    assert_eq!(field(&refused, "ratelimit").as_deref(), Some("\"ip\";r=0;t=1"));
    assert_eq!(field(&refused, "limit_key").as_deref(), Some("198.51.100.50/32"));
    let later = Ask { at: ask.at.plus(Duration::from_secs(1)), ..ask };
    assert_eq!(edge.decide(later).action, Action::Allow);
}

#[test]
fn an_ipv6_client_counts_by_its_subnet() {
    let edge = Edge::new();
    let each: Vec<String> = (0..20).map(|n| format!("2001:db8:9:9:{n:x}::1")).collect();
    let passed = each.iter().filter(|ip| edge.decide(browser(ip)).action == Action::Allow).count();
    assert_eq!(passed, 10);
    assert_eq!(edge.decide(browser("2001:db8:9:a::1")).action, Action::Allow);
}

#[test]
fn clients_without_an_address_share_one_limit() {
    let edge = Edge::new();
    assert_eq!(edge.passed(browser(""), 20), 10);
    assert_eq!(field(&edge.decide(browser("")), "limit_key").as_deref(), Some("unknown"));
    let passed = edge.decide(browser("198.51.100.90"));
    assert!(passed.limit.is_some() && field(&passed, "limit_key").is_none(), "what passes costs no variable");
}

#[test]
fn a_stage_and_the_limit_for_everybody_both_count_and_the_refused_are_charged_nothing() {
    let edge = Edge::new();
    let library = Ask { user_agent: Some(LIBRARY), at: at("2025-08-11"), ..browser("198.51.100.60") };
    assert_eq!(edge.passed(library, 20), 5);
    // The stage refused 15 requests: of the other limit no more than the 5 that passed are gone.
    assert_eq!(edge.passed(Ask { at: library.at, ..browser("198.51.100.60") }, 20), 5);
}

#[test]
fn nobody_is_told_to_wait_for_a_hold_that_has_not_begun() {
    let edge = Edge::written(
        "
limits:
  - { name: short, key: ip, rate: 1/s }
  - { name: long, key: ip, rate: 1/s, hold: 10m }
",
    );
    let client = browser("198.51.100.61");
    assert_eq!(edge.passed(client, 1), 1);
    let refused = edge.decide(client);
    assert_eq!(&*refused.rule.reason, "limit.short");
    assert_eq!(refused.retry_after.map(std::num::NonZeroU64::get), Some(1));
}

#[test]
fn the_ladder_bounds_what_a_whole_prefix_gets_and_a_client_of_its_own_is_charged_first() {
    let edge = Edge::written(
        "
limits:
  - { name: ip, key: ip, rate: 2/s, ipv6_ladder: [{ prefix: 56, times: 2 }, { prefix: 48, times: 3 }] }
",
    );
    let passed = |ip: &str, count| edge.passed(browser(ip), count);
    // One /64 that exceeds its own limit costs its neighbours nothing.
    assert_eq!(passed("2001:db8:1:100::1", 100), 2);
    assert_eq!(passed("2001:db8:1:101::1", 100), 2);
    assert_eq!(passed("2001:db8:1:102::1", 1), 0, "the /56 is used up");
    let refused = edge.decide(browser("2001:db8:1:102::1"));
    assert_eq!(field(&refused, "limit_key").as_deref(), Some("2001:db8:1:100::/56"));
    assert_eq!(field(&refused, "limit_quota").as_deref(), Some("4/s"));
    assert_eq!(passed("2001:db8:1:200::1", 100), 2);
    let refused = edge.decide(browser("2001:db8:1:300::1"));
    assert_eq!(field(&refused, "limit_key").as_deref(), Some("2001:db8:1::/48"));
    assert_eq!(passed("2001:db8:2:100::1", 100), 2);
    assert_eq!(passed("192.0.2.1", 100), 2, "an IPv4 address has no ladder");
    assert_eq!(passed("::ffff:192.0.2.2", 100), 2, "nor has one that is mapped");
}

#[test]
fn a_request_that_one_limit_refuses_is_charged_to_none() {
    let edge = Edge::written(
        "
limits:
  - { name: ip, key: ip, rate: 6/s }
  - { name: contact, key: contact, tiers: [D], rate: 3/s }
",
    );
    let bot = Ask { user_agent: Some("MyBot/1.0 (me@example.org)"), ..browser("198.51.100.1") };
    assert_eq!(edge.passed(bot, 50), 3);
    assert_eq!(edge.reason(bot), "limit.contact");
    assert_eq!(edge.passed(browser("198.51.100.1"), 50), 3, "of its address only what passed is gone");
    let elsewhere = Ask { ip: "198.51.100.2", ..bot };
    assert_eq!(edge.passed(elsewhere, 50), 0, "all machines of an operator share its limit");
    let other = Ask { user_agent: Some("MyBot/1.0 (you@example.org)"), ..elsewhere };
    assert_eq!(edge.passed(other, 50), 3);
}

#[test]
fn limits_count_the_tiers_and_classes_that_they_name() {
    let edge = Edge::written(
        "
user_agents: { classes: CLASSES }
limits:
  - { name: tools, key: ip, classes: [cli, library_default], rate: 1/s }
  - { name: bots, key: ip, tiers: [D], rate: 2/s }
",
    );
    assert_eq!(edge.passed(library("198.51.100.1"), 9), 1);
    let bot = Ask { user_agent: Some("MyBot/1.0 (me@example.org)"), ..browser("198.51.100.2") };
    assert_eq!(edge.passed(bot, 9), 2);
    assert_eq!(edge.passed(browser("198.51.100.3"), 9), 9);
}

#[test]
fn a_known_client_counts_by_its_name_and_a_cookie_by_its_value() {
    let edge = Edge::written(
        "
networks: [{ name: feed, kind: client, cidrs: [198.51.100.0/28] }]
limits:
  - { name: all, key: ip, rate: 100/s }
  - { name: client, key: client, rate: 2/s }
  - { name: cookie, key: cookie, cookie: uniq, rate: 3/s }
",
    );
    assert_eq!(edge.passed(browser("198.51.100.1"), 9) + edge.passed(browser("198.51.100.2"), 9), 2);
    assert_eq!(field(&edge.decide(browser("198.51.100.3")), "limit_key").as_deref(), Some("feed"));

    let edge = Edge::written(
        "limits: [{ name: all, key: ip, rate: 100/s }, { name: cookie, key: cookie, cookie: uniq, rate: 3/s }]",
    );
    let with = |ip, headers| Ask { headers, ..browser(ip) };
    let [one, other] = [[("Cookie", "a=b; uniq=secret-1")], [("Cookie", "uniq=secret-2")]];
    assert_eq!(edge.passed(with("192.0.2.1", &one), 2) + edge.passed(with("192.0.2.2", &one), 9), 3);
    let key = field(&edge.decide(with("192.0.2.1", &one)), "limit_key").unwrap();
    assert!(key.starts_with("cookie:") && !key.contains("secret"), "{key}");
    assert_eq!(edge.passed(with("192.0.2.1", &other), 9), 3);
    assert_eq!(edge.passed(browser("192.0.2.3"), 9), 3, "without the cookie by address");
    assert_eq!(edge.passed(with("192.0.2.3", &[("Cookie", "uniq=")]), 9), 0, "an empty one is none");
}

#[test]
fn paths_cost_what_the_policy_says_and_tricks_pay_the_full_price() {
    let edge = Edge::written(
        "
limits:
  - name: ip
    key: ip
    rate: 10/s
    costs: [{ path: /static/*, cost: 0 }, { path: /w/api.php, cost: 5 }]
",
    );
    fn path<'a>(ip: &'a str, path: &'a str) -> Ask<'a> {
        Ask { path, ..browser(ip) }
    }
    assert_eq!(edge.passed(path("198.51.100.1", "/static/a.css"), 99), 99);
    assert_eq!(edge.table.entries(), 0, "what is free takes no entry");
    assert_eq!(edge.passed(path("198.51.100.1", "/w/api.php"), 99), 2);
    let tricks = [
        "/static/../w/api.php",
        "/static/..%2fw/api.php",
        "/static/%2e%2e/x",
        "/static/..;/w/api.php",
        "/static/%252e%252e/w/api.php",
        "//w/api.php",
        "/w/./api.php",
    ];
    for (n, trick) in tricks.into_iter().enumerate() {
        let ip = format!("198.51.101.{n}");
        assert_eq!(edge.passed(path(&ip, trick), 99), 2, "{trick}");
    }
    assert_eq!(edge.passed(path("198.51.100.2", "/%77/api%2ephp"), 99), 2);
}

#[test]
fn who_exceeds_a_limit_with_a_hold_waits_it_out_and_begins_anew() {
    let edge = Edge::written("limits: [{ name: ip, key: ip, rate: 5/s, hold: 60s }]");
    let start = browser("198.51.100.1");
    let after = |seconds| Ask { at: start.at.plus(Duration::from_secs(seconds)), ..start };
    assert_eq!(edge.passed(start, 9), 5);
    assert_eq!(field(&edge.decide(start), "retry_after").as_deref(), Some("60"));
    let held = edge.decide(after(59));
    assert_eq!((held.action, field(&held, "retry_after").as_deref()), (Action::Limit, Some("1")));
    assert_eq!(edge.passed(after(60), 9), 5, "asking meanwhile has not made the hold longer");
}

#[test]
fn the_clock_may_step_in_either_direction() {
    let edge = Edge::new();
    let ask = browser("198.51.100.1");
    let hours = Duration::from_secs(36_000);
    assert_eq!(edge.passed(ask, 20), 10);
    let back = Ask { at: ask.at.minus(hours), ..ask };
    assert_eq!(edge.passed(back, 20), 0, "set back, the bucket is as empty as it was");
    let wait = edge.decide(back).retry_after.unwrap().get();
    assert_eq!(wait, 1, "but nobody waits for the clock to catch up");
    assert_eq!(edge.passed(Ask { at: ask.at.plus(hours), ..ask }, 20), 10);
}

#[test]
fn the_wait_is_the_longest_of_all_limits_that_refuse() {
    let edge =
        Edge::written("limits: [{ name: short, key: ip, rate: 1/s }, { name: long, key: ip, rate: 1/m }]");
    assert_eq!(edge.passed(browser("198.51.100.1"), 9), 1);
    let refused = edge.decide(browser("198.51.100.1"));
    assert_eq!((&*refused.rule.reason, refused.retry_after.unwrap().get()), ("limit.short", 60));
}
