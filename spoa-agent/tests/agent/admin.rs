//! The admin address.

use std::collections::BTreeSet;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;

use spoa_agent::metrics::family;

use crate::http::{ask, get, metric, send, until};
use crate::peer::{Request, arg, notify};
use crate::process::{self, Agent, LAST_STAGE};
use crate::scratch::Scratch;

const LIBRARY: Request<'_> =
    Request { ip: [192, 0, 2, 77], path: b"/a", user_agent: Some(b"python-requests/2.32.3") };

fn agent() -> Agent {
    Agent::with(&["127.0.0.1:0"], &["--clock", LAST_STAGE, "--admin", "127.0.0.1:0"])
}

#[test]
fn verdicts_are_counted_by_action_tier_class_and_reason() {
    let agent = agent();
    let mut peer = agent.connect().greeted();
    for _ in 0..3 {
        assert_eq!(peer.ask(&LIBRARY).get("action"), "deny");
    }
    peer.ask(&Request::by_browser([192, 0, 2, 7]));
    peer.send(&notify("other", &[arg("ip", spop::TypedData::Null)], 1, 1));
    peer.answer();
    for (sample, value) in [
        ("decisions_total{action=\"deny\",tier=\"E\",ua_class=\"library_default\"}", 3.0),
        ("decisions_total{action=\"allow\",tier=\"E\",ua_class=\"browser\"}", 1.0),
        ("rule_decisions_total{action=\"deny\",reason=\"ua.library_default\"}", 3.0),
        ("rule_decisions_total{action=\"allow\",reason=\"default\"}", 1.0),
        ("undecided_total{error=\"no_message\"}", 1.0),
        ("notify_frames_total", 5.0),
        ("connections_open", 1.0),
        ("connections_served_total", 1.0),
        ("ready", 1.0),
        ("limiter_keys", 1_000_000.0),
        ("reloads_total{result=\"success\"}", 0.0),
        ("last_reload_successful", 1.0),
        ("log_lines_dropped_total", 0.0),
    ] {
        assert_eq!(metric(agent.admin(), &format!("provenance_agent_{sample}")), Some(value), "{sample}");
    }
    drop(peer);
    let ended = "provenance_agent_connections_ended_total{ending=\"eof\"}";
    until("the connection has ended", || metric(agent.admin(), ended) == Some(1.0));
    assert_eq!(metric(agent.admin(), "provenance_agent_connections_open"), Some(0.0));
}

#[test]
fn some_answers_are_timed() {
    let agent = Agent::with(&["127.0.0.1:0"], &["--admin", "127.0.0.1:0", "--workers", "1"]);
    let mut peer = agent.connect().greeted();
    for _ in 0..33 {
        peer.ask(&LIBRARY);
    }
    let timed = metric(agent.admin(), "provenance_agent_decision_seconds_count").unwrap();
    assert!((1.0..=33.0).contains(&timed), "{timed}");
    assert_eq!(metric(agent.admin(), "provenance_agent_decision_seconds_bucket{le=\"+Inf\"}"), Some(timed));
    assert!(metric(agent.admin(), "provenance_agent_decision_seconds_sum").unwrap() > 0.0);
}

#[test]
fn metrics_come_in_the_format_that_is_asked_for() {
    let agent = agent();
    agent.connect().greeted().ask(&LIBRARY);
    let plain = get(agent.admin(), "/metrics");
    assert!(plain.head.contains("content-type: text/plain; version=0.0.4"), "{}", plain.head);
    assert!(plain.body.contains("# TYPE provenance_agent_decisions_total counter\n"));
    assert!(!plain.body.contains("# EOF") && !plain.body.contains("# UNIT"));
    let accept = "Accept: application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5";
    let open = ask(agent.admin(), "GET", "/metrics", &[accept]);
    assert!(open.head.contains("content-type: application/openmetrics-text; version=1.0.0"), "{}", open.head);
    assert!(open.body.contains("# TYPE provenance_agent_decisions counter\n"));
    assert!(open.body.contains("# UNIT provenance_agent_decision_seconds seconds\n"));
    assert!(open.body.ends_with("\n# EOF\n"));
}

#[test]
fn the_documentation_lists_each_metric_and_no_other() {
    let page = include_str!("../../../docs/agent.md");
    let table = page.split("## Metrics").nth(1).expect("a section on metrics").split("\n## ").next().unwrap();
    let listed: BTreeSet<&str> = table
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .map(|rest| rest.split(['`', '{']).next().unwrap())
        .collect();
    let exported: BTreeSet<String> = family::ALL.iter().map(family::Family::sample_name).collect();
    assert_eq!(listed, exported.iter().map(String::as_str).collect());
    for family in family::ALL {
        let labels =
            if family.labels.is_empty() { String::new() } else { format!("{{{}}}", family.labels.join(",")) };
        let entry = format!("`{}{labels}`", family.sample_name());
        assert!(table.contains(&entry), "{entry} is not in docs/agent.md");
    }
}

#[test]
fn says_that_it_is_ready_until_it_drains() {
    let scratch = Scratch::new();
    let admin = scratch.socket("admin.sock");
    let mut agent =
        Agent::with(&[&scratch.socket("agent.sock")], &["--admin", &admin, "--drain-timeout", "30s"]);
    assert_eq!((get(&admin, "/healthz").status, get(&admin, "/readyz").status), (200, 200));
    // A peer that takes nothing and closes nothing keeps its connection until the end of its time.
    let mut peer = agent.connect().greeted();
    let frames: Vec<u8> = (0..20_000).flat_map(|n| LIBRARY.notify(n, 1)).collect();
    peer.send_until_full(&frames);
    agent.signal("TERM");
    agent.wait_for_line("stopping");
    let draining = get(&admin, "/readyz");
    assert_eq!((draining.status, draining.body.trim()), (503, "draining"));
    assert_eq!(get(&admin, "/healthz").status, 200);
    assert_eq!(metric(&admin, "provenance_agent_ready"), Some(0.0));
    agent.signal("TERM");
    assert!(agent.wait().0.success());
}

#[test]
fn drains_no_longer_than_it_is_told() {
    let scratch = Scratch::new();
    let agent = Agent::with(&[&scratch.socket("agent.sock")], &["--drain-timeout", "50ms"]);
    let mut peer = agent.connect().greeted();
    let frames: Vec<u8> = (0..20_000).flat_map(|n| LIBRARY.notify(n, 1)).collect();
    peer.send_until_full(&frames);
    agent.signal("TERM");
    let (status, log) = agent.wait();
    assert!(status.success() && log.last().unwrap().ends_with("stopped"), "{log:#?}");
    drop(peer);
}

#[test]
fn explains_what_it_would_say_to_whom_it_is_told_of() {
    let agent = agent();
    let asked = "/explain?ip=192.0.2.77&ua=python-requests/2.32.3&url=https://upload.example.org/a.jpg";
    let text = get(agent.admin(), asked).body;
    for line in [
        "ip: 192.0.2.77",
        "action: deny",
        "reason: ua.library_default",
        "tier: E",
        "ua_class: library_default",
    ] {
        assert!(text.lines().any(|told| told == line), "{line} in {text}");
    }
    let json = ask(agent.admin(), "GET", asked, &["Accept: application/json"]);
    assert!(json.head.contains("content-type: application/json"));
    let json: serde_json::Value = serde_json::from_str(&json.body).unwrap();
    assert_eq!(json["verdict"]["action"], "deny");
    assert_eq!(json["verdict"]["status"], 403);
    assert_eq!(json["ip"], "192.0.2.77");
    assert_eq!(json["steps"][0]["said"], "refused");
    assert_eq!(json["steps"][0]["key"], "user_agents.stages.library_default[1]");
    assert!(text.contains("\nrules, as they were asked\nua.library_default, code "), "{text}");
}

#[test]
fn explains_to_whoever_asks_what_he_is() {
    let agent = agent();
    let told = ask(agent.admin(), "GET", "/explain", &["User-Agent: MyBot/1.0 (me@example.org)"]).body;
    assert!(told.contains("ip: 127.0.0.1\n") && told.contains("contact: me@example.org\n"), "{told}");
    let told = get(agent.admin(), "/explain?colour=red");
    assert_eq!(told.status, 400);
    assert!(told.body.contains("\"colour\" is no parameter; expected one of ip, "), "{}", told.body);
}

#[test]
fn what_is_explained_is_neither_counted_nor_charged_nor_read_from_a_later_header() {
    let agent = agent();
    for _ in 0..50 {
        get(agent.admin(), "/explain?ip=192.0.2.77&ua=curl/8.5.0");
    }
    assert_eq!(metric(agent.admin(), "provenance_agent_notify_frames_total"), Some(0.0));
    assert_eq!(metric(agent.admin(), "provenance_agent_limiter_entries"), Some(0.0));
    let forwarded = ask(agent.admin(), "GET", "/explain?ip=192.0.2.77", &["X-Forwarded-For: 10.0.0.1"]);
    assert!(forwarded.body.contains("ip: 192.0.2.77\n"), "{}", forwarded.body);
}

#[test]
fn a_client_cannot_write_lines_of_an_explanation() {
    let agent = agent();
    let told =
        get(agent.admin(), "/explain?ua=Bot/1.0%20(a@example.org)%0Aaction:%20allow%1b[2J&host=x%0Ay").body;
    assert!(!told.contains('\u{1b}') && told.matches("\naction:").count() == 1, "{told}");
}

#[test]
fn the_level_of_the_log_is_changed_by_put_alone() {
    let mut agent = agent();
    assert_eq!(get(agent.admin(), "/log-level").body, "debug\n");
    assert_eq!(ask(agent.admin(), "PUT", "/log-level?level=warn", &[]).status, 200);
    assert_eq!(get(agent.admin(), "/log-level").body, "warn\n");
    let post = ask(agent.admin(), "POST", "/log-level?level=debug", &["Content-Length: 0"]);
    assert!(post.status == 405 && post.head.contains("allow: get, head, put"), "{post:?}");
    assert_eq!(ask(agent.admin(), "PUT", "/log-level?level=loud", &[]).status, 400);
    assert_eq!(get(agent.admin(), "/log-level").body, "warn\n");
    assert_eq!(ask(agent.admin(), "PUT", "/log-level?level=info", &[]).body, "info\n");
    agent.wait_for_line("level of the log is another from now on");
    drop(agent.connect().greeted());
    agent.signal("TERM");
    let (_, log) = agent.wait();
    assert!(!log.iter().any(|line| line.contains("DEBUG")), "{log:#?}");
}

#[test]
fn a_page_shows_people_how_it_is() {
    let agent = agent();
    agent.connect().greeted().ask(&LIBRARY);
    let page = get(agent.admin(), "/");
    assert!(page.head.contains("content-security-policy: default-src 'none'"), "{}", page.head);
    for part in ["is ready</h1>", "<th>deny</th><td>1</td>", "<th>deny ua.library_default</th><td>1</td>"] {
        assert!(page.body.contains(part), "{part} in {}", page.body);
    }
}

#[test]
fn what_is_no_request_for_it_is_refused() {
    let agent = agent();
    let admin = agent.admin();
    assert_eq!(get(admin, "/nothing").status, 404);
    assert_eq!(ask(admin, "POST", "/metrics", &["Content-Length: 0"]).status, 405);
    assert_eq!(ask(admin, "GET", "/explain", &["Host: rebound.example.org"]).status, 421);
    assert_eq!(ask(admin, "GET", "/healthz", &["Host: 127.0.0.1:9101"]).status, 200);
    assert_eq!(send(admin, b"GET /healthz HTTP/1.0\r\n\r\n").status, 200, "as HAProxy checks");
    let long = format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(40_000));
    assert!(matches!(send(admin, long.as_bytes()).status, 0 | 400..=499));
    assert!(matches!(send(admin, b"\x00\x00\x00\x10garbage\r\n\r\n").status, 0 | 400));
    assert_eq!(get(admin, "/healthz").body, "ok\n");
}

#[test]
fn silent_peers_do_not_keep_others_from_asking() {
    let agent = agent();
    let silent: Vec<_> = (0..31).map(|_| TcpStream::connect(agent.admin()).unwrap()).collect();
    assert_eq!(get(agent.admin(), "/healthz").status, 200);
    drop(silent);
}

#[test]
fn nobody_is_answered_where_no_admin_address_is_given() {
    let agent = Agent::on(&["127.0.0.1:0"]);
    assert_eq!(agent.admin(), "");
}

/// A token that is none, as a cross-site page could ask for it.
const BAD_TOKEN: &str = "Bearer eyJhbGciOiJIUzI1NiIsImtpZCI6InQifQ.eyJleHAiOjQxMDI0NDQ4MDB9.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Where that could be counted against an address, a page that somebody has open would have its sessions unread.
#[test]
fn what_is_asked_here_changes_nothing_for_anybodys_requests() {
    let scratch = Scratch::new();
    for (key, byte) in [("secret", "s"), ("subject", "t")] {
        let key = scratch.write(key, &byte.repeat(32));
        std::fs::set_permissions(key, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    let policy = "version: 1\ncontact: { email: noc@example.org, url: \"https://example.org/policy\" }\n\
                  sessions: { keys: [{ id: t, algorithm: HS256, secret: secret }], subject_key: subject }\n";
    let mut command = process::agent();
    command.arg("--policy").arg(scratch.write("policy.yaml", policy));
    let agent = Agent::ready({
        command.args(["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"]);
        command
    });
    let token: String =
        form_urlencoded::byte_serialize(format!("Authorization: {BAD_TOKEN}").as_bytes()).collect();
    for n in 0..150 {
        // Another token each time, since what is known to be bad counts once.
        let asked = format!("/explain?ip=203.0.113.7&at=2100-01-01&header={token}{n}");
        assert_eq!(get(agent.admin(), &asked).status, 200);
    }
    let mut peer = agent.connect().greeted();
    let arguments = [
        arg("ip", spop::TypedData::Ipv4([203, 0, 113, 7].into())),
        arg("path", spop::TypedData::String(b"/")),
        arg("authorization", spop::TypedData::String(BAD_TOKEN.as_bytes())),
    ];
    peer.send(&notify("check-request", &arguments, 1, 1));
    assert_eq!(peer.answer().get("session"), "bad_signature");
}

#[test]
fn a_page_of_another_site_is_told_nothing() {
    let agent = agent();
    for (site, status) in [("cross-site", 403), ("same-site", 403), ("none", 200), ("same-origin", 200)] {
        let answer = ask(agent.admin(), "GET", "/explain", &[&format!("Sec-Fetch-Site: {site}")]);
        assert_eq!(answer.status, status, "{site}");
    }
}
