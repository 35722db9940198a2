//! Rules by what the URL of an image proves.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use policy::seal::SignRequest;
use policy::verdict::Action;

use crate::edge::{Ask, Edge, at, browser, library};

const PATH: &str = "/wikipedia/commons/a/a9/Example.jpg";

/// A policy with a key, and these rules; shadow where `{SHADOW}` stands.
fn edge(shadow: &str) -> Edge {
    // A file of its own: another test would read one that is being written.
    static KEYS: AtomicU32 = AtomicU32::new(0);
    let name = format!("images-{}-{}.key", std::process::id(), KEYS.fetch_add(1, Ordering::Relaxed));
    let key = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let mut file =
        std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&key).unwrap();
    file.write_all(&[b'k'; 32]).unwrap();
    let rules = format!(
        "
provenance:
  keys: [{{ id: k1, file: {}, sign: true }}]
  sites: [example.org, '*.example.org']
  sources:
    web: {{ generators: [parser], max_age: 30d, scope: file }}
    share: {{ generators: [share], max_age: 1h, granularity: 1m }}
  rules:
    - {{ name: fresh, statuses: [valid], free: true }}
    - {{ name: forged, statuses: [forged], block: true{shadow} }}
    - {{ name: stale_share, statuses: [stale], sources: [share], block: true{shadow} }}
    - {{ name: old, statuses: [stale], older_than: 60d, rate: 3/s{shadow} }}
    - {{ name: hotlink, statuses: [none, unsigned], paths: [/*.jpg], referer: foreign, rate: 2/s{shadow} }}
user_agents: {{ classes: CLASSES, stages: {{ library_default: [{{ from: 2025-08-11, rate: 4/s }}] }} }}
limits: [{{ name: ip, key: ip, rate: 6/s }}]
",
        key.display()
    );
    Edge::written(&rules)
}

/// The query of a URL that was sealed at `time`.
fn sealed(edge: &Edge, source: &str, generator: &str, time: &str) -> String {
    let request = SignRequest {
        url: PATH,
        host: Some("upload.example.org"),
        site: "en.wikipedia.org",
        generator,
        format: "original",
        source,
        scope: None,
    };
    let url = edge.policy.provenance().unwrap().sign(&request, at(time)).unwrap();
    url.split_once('?').unwrap().1.to_owned()
}

fn image<'a>(ip: &'a str, query: Option<&'a str>) -> Ask<'a> {
    Ask { path: PATH, query, ..browser(ip) }
}

#[test]
fn a_fresh_seal_is_free_of_limits_and_counts_for_none() {
    let edge = edge("");
    let query = sealed(&edge, "web", "parser", "2025-12-31");
    let ask = image("198.51.100.1", Some(&query));
    assert_eq!(edge.reason(ask), "image.fresh");
    assert_eq!(edge.passed(ask, 50), 50);
    assert_eq!(edge.passed(image("198.51.100.1", None), 50), 6);
}

#[test]
fn what_a_stage_counts_stays_counted_however_fresh_the_seal() {
    let edge = edge("");
    let query = sealed(&edge, "web", "parser", "2025-12-31");
    let ask = Ask { path: PATH, query: Some(&query), ..library("198.51.100.2") };
    assert_eq!(edge.passed(ask, 50), 4);
}

#[test]
fn forged_seals_and_stale_shares_are_refused_and_a_fresh_share_is_anybodys() {
    let edge = edge("");
    let query = sealed(&edge, "web", "parser", "2025-12-31").replace("original", "thumbnail");
    assert_eq!(edge.reason(image("198.51.100.3", Some(&query))), "image.forged");
    let share = |time| sealed(&edge, "share", "share", time);
    let foreign = &[("Referer", "https://lens.example.com/search")][..];
    let (fresh, stale) = (share("2025-12-31T23:30:00Z"), share("2025-12-31T22:00:00Z"));
    let ask = |query| Ask { headers: foreign, ..image("198.51.100.3", Some(query)) };
    assert_eq!(edge.reason(ask(&fresh)), "image.fresh");
    assert_eq!(
        (edge.decide(ask(&stale)).action, edge.reason(ask(&stale))),
        (Action::Deny, "image.stale_share".into())
    );
}

#[test]
fn a_foreign_page_that_embeds_unsigned_images_meets_its_rate() {
    let edge = edge("");
    let foreign = [
        "https://gallery.example.com/page",
        "http://example.org.evil.example/",
        "https://example.org@evil.example/",
        "https://evil.example\\@example.org/",
        "android-app://com.example/",
        "example.org",
    ];
    for (n, referer) in foreign.into_iter().enumerate() {
        let (ip, headers) = (format!("198.51.101.{n}"), [("Referer", referer)]);
        assert_eq!(edge.passed(Ask { headers: &headers, ..image(&ip, None) }, 50), 2, "{referer}");
    }
    let own = ["https://example.org/a", "HTTPS://EN.Example.Org:8443", "https://en.example.org?x", "", " "];
    for (n, referer) in own.into_iter().enumerate() {
        let (ip, headers) = (format!("198.51.102.{n}"), [("Referer", referer)]);
        assert_eq!(edge.passed(Ask { headers: &headers, ..image(&ip, None) }, 50), 6, "{referer}");
    }
    let headers = [("Referer", foreign[0])];
    let page = Ask { path: "/wiki/Main_Page", headers: &headers, ..browser("198.51.100.4") };
    assert_eq!(edge.passed(page, 50), 6, "a page is no image");
    let trick = Ask { path: "/a/..%2fb.jpg", headers: &headers, ..browser("198.51.100.5") };
    assert_eq!(edge.passed(trick, 50), 2, "a path that resembles an image pays as one");
}

#[test]
fn an_old_seal_meets_its_rate_by_age() {
    let edge = edge("");
    let stale = |time| sealed(&edge, "web", "parser", time);
    let (old, younger) = (stale("2025-10-01"), stale("2025-11-15"));
    assert_eq!(edge.passed(image("198.51.100.6", Some(&old)), 50), 3);
    assert_eq!(edge.passed(image("198.51.100.7", Some(&younger)), 50), 6);
}

#[test]
fn in_shadow_the_rules_tell_and_the_next_one_is_asked() {
    let edge = edge(", shadow: true");
    let query = sealed(&edge, "web", "parser", "2025-12-31").replace("original", "thumbnail");
    let verdict = edge.decide(image("198.51.100.8", Some(&query)));
    let would = verdict.would.map(|would| would.rule.reason.to_string());
    assert_eq!((verdict.action, would.as_deref()), (Action::Allow, Some("image.forged")));
    let headers = [("Referer", "https://gallery.example.com/")];
    let ask = Ask { headers: &headers, ..image("198.51.100.9", None) };
    assert_eq!(edge.passed(ask, 50), 6, "the limit for everybody holds");
}
