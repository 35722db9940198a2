use super::*;
use crate::verdict::Place;

const GOOGLEBOT: &str = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
const BOTH: &str = "ExampleBot/1.0 (not Googlebot)";

/// `googlebot` sends from 192.0.2.0/24, `examplebot` from there and from 2001:db8::/32.
fn crawlers() -> Crawlers {
    let crawler = |id: &str, prefixes: &[&str]| {
        let prefixes = prefixes.iter().map(|net| (net.parse().unwrap(), 0));
        Crawler {
            id: id.into(),
            quota: None,
            place: Place { key: "crawlers[0]".into(), line: 1 },
            prefixes: PrefixTable::new(prefixes),
        }
    };
    Crawlers {
        crawlers: vec![
            crawler("googlebot", &["192.0.2.0/24"]),
            crawler("examplebot", &["192.0.2.0/25", "2001:db8::/32"]),
        ],
        user_agents: Substrings::new([("googlebot", 0), ("adsbot-google", 0), ("examplebot/", 1)]),
        files: Vec::new(),
    }
}

/// `verified <id>`, `impostor <id>` or `nobody`.
fn identity(user_agent: &str, ip: Option<&str>) -> String {
    let crawlers = crawlers();
    match crawlers.identify(Some(user_agent.as_bytes()), ip.map(|ip| ip.parse().unwrap())) {
        Identity::Verified(crawler) => format!("verified {}", crawler.id),
        Identity::Impostor(crawler) => format!("impostor {}", crawler.id),
        Identity::Nobody => "nobody".to_owned(),
    }
}

#[test]
fn user_agent_and_address_together_verify() {
    assert_eq!(identity(GOOGLEBOT, Some("192.0.2.255")), "verified googlebot");
    assert_eq!(identity("ADSBOT-GOOGLE", Some("::ffff:192.0.2.7")), "verified googlebot");
    assert_eq!(identity("ExampleBot/1.0", Some("2001:db8::1")), "verified examplebot");
}

#[test]
fn the_user_agent_from_elsewhere_is_an_impostor() {
    assert_eq!(identity(GOOGLEBOT, Some("198.51.100.7")), "impostor googlebot");
    assert_eq!(
        identity(GOOGLEBOT, Some("2001:db8::1")),
        "impostor googlebot",
        "the range of another crawler"
    );
    assert_eq!(identity("ExampleBot/1.0", Some("192.0.2.128")), "impostor examplebot");
}

#[test]
fn the_address_alone_is_nobodys() {
    assert_eq!(identity("Mozilla/5.0 Firefox/128.0", Some("192.0.2.7")), "nobody");
    assert_eq!(identity("", Some("192.0.2.7")), "nobody");
    assert!(matches!(crawlers().identify(None, "192.0.2.7".parse().ok()), Identity::Nobody));
}

#[test]
fn without_an_address_nobody_is_verified_or_accused() {
    assert_eq!(identity(GOOGLEBOT, None), "nobody");
}

#[test]
fn of_several_that_it_names_it_is_the_one_whose_address_it_has() {
    assert_eq!(identity(BOTH, Some("2001:db8::1")), "verified examplebot");
    assert_eq!(identity(BOTH, Some("192.0.2.7")), "verified googlebot", "the first in the policy");
    assert_eq!(identity(BOTH, Some("198.51.100.7")), "impostor googlebot", "the first in the policy");
}

#[test]
fn what_stands_behind_the_examined_bytes_does_not_count() {
    let at = |bytes: usize| "x".repeat(bytes) + "googlebot";
    assert_eq!(identity(&at(MAX_EXAMINED_BYTES - 9), Some("192.0.2.7")), "verified googlebot");
    assert_eq!(identity(&at(MAX_EXAMINED_BYTES - 8), Some("192.0.2.7")), "nobody");
}
