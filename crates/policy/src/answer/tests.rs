mod given;
mod golden;
mod markup;

use given::Given;
use proptest::prelude::*;
use serde_json::Value;

use super::*;

/// Greatest lengths of a body, in bytes.
const MAX_HTML: usize = 6_000;
const MAX_JSON: usize = 2_000;
const MAX_TEXT: usize = 1_500;

const MEDIA: [MediaType; 3] = [MediaType::ProblemJson, MediaType::Html, MediaType::Text];

/// A body that has what every body promises.
fn checked_body(given: &Given, media: MediaType) -> String {
    let body = given.body(media);
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}'..='\u{200f}')
    };
    assert_eq!(body.find(hidden), None, "{body:?}");
    let most = match media {
        MediaType::ProblemJson => {
            parsed(&body);
            MAX_JSON
        }
        MediaType::Html => {
            markup::check(&body);
            MAX_HTML
        }
        MediaType::Text => MAX_TEXT,
    };
    assert!(body.len() <= most, "{} bytes: {body}", body.len());
    body
}

fn parsed(body: &str) -> Value {
    serde_json::from_str(body).unwrap_or_else(|why| panic!("{why}: {body}"))
}

#[test]
fn json_has_the_members_of_rfc_9457_and_ours() {
    let given = Given::limit("limit.ip", "ip", "10/s", 100).with_user_agent(b"MyBot/1.0");
    let body = parsed(&checked_body(&given, MediaType::ProblemJson));
    assert_eq!(body["type"], "https://example.org/policy#limit.ip");
    assert_eq!(body["title"], "Too many requests");
    assert_eq!(body["status"], 429);
    assert_eq!(body["retry_after"], 7);
    assert_eq!(
        body["limit"],
        serde_json::json!({"name": "ip", "quota": "10/s", "remaining": 0, "reset": 10})
    );
    assert_eq!((&body["reason"], &body["contact"]), (&"limit.ip".into(), &"noc@example.org".into()));
    assert_eq!(body.get("user_agent"), None, "the limit is not about the user agent");
}

#[test]
fn json_repeats_the_user_agent_where_it_is_the_reason() {
    let given = Given::deny("ua.cli").with_user_agent(b"cu\x1brl \"8\\5\" </script>\xff");
    let body = parsed(&checked_body(&given, MediaType::ProblemJson));
    assert_eq!(body["user_agent"], "cu\u{fffd}rl \"8\\5\" </script>\u{fffd}");
    assert!(body["detail"].as_str().unwrap().contains("cu\u{fffd}rl \"8\\5\" </script>\u{fffd}"));
    assert_eq!(body.get("retry_after"), None);
    assert_eq!(body.get("limit"), None);
}

#[test]
fn a_policy_url_with_a_fragment_is_the_type_as_it_is() {
    let mut given = Given::deny("ua.none");
    given.operator.url = "https://example.org/rules#robots".into();
    let body = parsed(&checked_body(&given, MediaType::ProblemJson));
    assert_eq!(body["type"], "https://example.org/rules#robots");
}

#[test]
fn the_address_of_the_operator_cannot_leave_its_link() {
    let mut given = Given::deny("ua.none");
    given.operator.email = "a&b?cc=<x>\"@example.org".into();
    given.operator.url = "https://example.org/?a=\"><script>&b='1'".into();
    let body = checked_body(&given, MediaType::Html);
    assert!(
        body.contains(
            "href=\"mailto:a%26b%3Fcc%3D%3Cx%3E%22@example.org?subject=ua.none%2C%20code%20ed48a4f\""
        ),
        "{body}"
    );
    assert!(
        body.contains("href=\"https://example.org/?a=&quot;&gt;&lt;script&gt;&amp;b=&#39;1&#39;\""),
        "{body}"
    );
}

#[test]
fn the_text_is_the_four_sentences() {
    let given = Given::deny("ua.library_default").with_user_agent(b"python-requests/2.32.3");
    let answer = given.answer(MediaType::Text);
    let parts = [answer.detail().to_string(), answer.advice().to_string(), answer.appeal().to_string()];
    assert_eq!(answer.body().to_string(), format!("{}. {}", answer.title(), parts.join(" ")));
    assert!(parts.iter().all(|part| !part.contains("  ") && part.trim() == part), "{parts:?}");
}

#[test]
fn a_stricter_stage_to_come_is_announced() {
    let mut given = Given::stage("ua.library_default", "5/s").with_user_agent(b"okhttp/4");
    given.next_change = Some("2025-08-25".parse().unwrap());
    let detail = given.answer(MediaType::Text).detail().to_string();
    assert!(detail.ends_with("From 2025-08-25T00:00:00Z on, a stricter rule applies to them."), "{detail}");
}

#[test]
fn an_answer_that_is_about_the_network_tells_nothing_of_the_rest() {
    let given = Given::deny("network.abusive").with_user_agent(b"Scraper/6.6");
    for media in MEDIA {
        let body = checked_body(&given, media);
        assert!(!body.contains("Scraper") && body.contains("noc@example.org"), "{body}");
    }
}

#[test]
fn only_what_is_refused_has_an_answer() {
    let policy = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/good/policy.yaml");
    let policy = Policy::load(policy.as_ref()).unwrap();
    let table = limits::Table::new(10, &limits::Seed::from([7; 16])).unwrap();
    let sessions = crate::session::SessionCache::new(1, [7; 32]).unwrap();
    let memory = crate::Memory { limits: &table, sessions: &sessions };
    let decide = |request| policy.decide(request, memory, "2025-08-19".parse().unwrap());
    let mut headers = policy.headers();
    headers.record(b"accept", b"application/json");

    let page = Request { method: b"GET", path: b"/", headers, ..Request::default() };
    let answer = policy.answer(&decide(&page), &page).unwrap();
    assert_eq!(answer.content_type(), "application/problem+json");
    assert_eq!(parsed(&answer.body().to_string())["reason"], "ua.none");

    let mut headers = policy.headers();
    headers.record(b"accept", b"text/html");
    let by_a_person = Request { headers, ..page };
    let html = policy.answer(&decide(&by_a_person), &by_a_person).unwrap().body().to_string();
    assert!(html.contains("<p class=\"site\">Example Library &amp; Archive</p>"), "{html}");
    let link = "<a href=\"https://example.org/api?lang=en&amp;page=1\">How to use the API</a>";
    assert!(html.contains(link), "{html}");

    let robots = Request { path: b"/robots.txt", ..page };
    assert!(policy.answer(&decide(&robots), &robots).is_none());
}

#[test]
fn on_a_path_where_programs_ask_the_answer_is_json_unless_something_else_is_asked_for() {
    let policy = concat!(env!("CARGO_MANIFEST_DIR"), "/../../policy/policy.yaml");
    let policy = Policy::load(policy.as_ref()).unwrap();
    let table = limits::Table::new(10, &limits::Seed::from([7; 16])).unwrap();
    let sessions = crate::session::SessionCache::new(1, [7; 32]).unwrap();
    let memory = crate::Memory { limits: &table, sessions: &sessions };
    let media_type = |path: &str, accept: Option<&'static str>| {
        let mut headers = policy.headers();
        if let Some(accept) = accept {
            headers.record(b"accept", accept.as_bytes());
        }
        let request = Request { method: b"GET", path: path.as_bytes(), headers, ..Request::default() };
        let verdict = policy.decide(&request, memory, "2026-01-01".parse().unwrap());
        policy.answer(&verdict, &request).unwrap().media_type()
    };
    for accept in [None, Some("*/*")] {
        assert_eq!(media_type("/w/api.php", accept), MediaType::ProblemJson);
        assert_eq!(media_type("/wiki/Main_Page", accept), MediaType::Text);
    }
    assert_eq!(media_type("/w/api.php", Some("text/html,*/*;q=0.8")), MediaType::Html);
    assert_eq!(media_type("/wiki/Main_Page", Some("application/json")), MediaType::ProblemJson);
}

#[test]
fn a_page_with_all_that_a_site_may_add_stays_small() {
    let mut given = Given::deny("ua.other").with_user_agent("😀".repeat(200).as_bytes());
    let url = format!("https://example.org/{}", "u".repeat(80));
    let link = |_| texts::Link { text: "t".repeat(100).into(), url: url.as_str().into() };
    given.texts =
        Texts { title: Some("s".repeat(100).into()), links: (0..8).map(link).collect(), ..Texts::default() };
    checked_body(&given, MediaType::Html);
}

fn reason() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "ua.none",
        "ua.library_default",
        "ua.cli",
        "ua.mediawiki",
        "ua.other",
        "ua.my_own_class",
        "limit.ip",
        "network.abusive",
        "sitemap.restricted",
    ])
}

/// Bytes of every kind, and texts that are all markup.
fn user_agent() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..700),
        "\\PC{0,300}".prop_map(String::into_bytes),
        "[<>&\"'\\\\\u{2028}\u{202e}\t😀]{0,300}".prop_map(String::into_bytes),
        any::<String>().prop_map(String::into_bytes),
    ]
}

proptest! {
    #[test]
    fn any_user_agent_gives_a_valid_body(reason in reason(), limited: bool, user_agent in user_agent()) {
        let given = match limited {
            true => Given::limit(reason, reason, "1/s", 1),
            false => Given::deny(reason),
        };
        let given = given.with_user_agent(&user_agent);
        for media in MEDIA {
            checked_body(&given, media);
        }
    }
}
