use super::*;
use crate::Headers;
use crate::compile::Compiler;
use crate::document::CookiePassDocument;
use crate::error::Problems;

const BETA: &str = r#"
- host: "*.wikipedia.beta.example.org"
  name: GoodFriend
  domain: .wikipedia.beta.example.org
  values:
    - { value: "1", until: 2027-01-01 }
    - { value: x7!two, until: 2027-06-01 }
- { host: test.example.org, name: GoodFriend, max_age: 30d, values: [{ value: three, until: 2027-06-01 }] }
"#;

fn compile(yaml: &str) -> Result<CookiePasses, String> {
    let sections: Vec<CookiePassDocument> = serde_saphyr::from_str(yaml).unwrap();
    let mut problems = Problems::default();
    let mut compiler = Compiler { file: "policy.yaml".as_ref(), problems: &mut problems };
    let passes = CookiePasses::compile(&sections, &mut compiler);
    problems.into_result(Some(passes)).map_err(|why| why.to_string())
}

fn grants(host: &str, cookie: &str, now: &str) -> bool {
    let mut headers = Headers::default();
    headers.record(b"cookie", cookie.as_bytes());
    let request = Request { host: host.as_bytes(), headers, ..Request::default() };
    compile(BETA).unwrap().grants(&request, now.parse().unwrap()).is_some()
}

const EN: &str = "en.wikipedia.beta.example.org";
const NOW: &str = "2026-11-20";

#[test]
fn each_value_counts_on_the_hosts_of_its_pass() {
    for cookie in ["GoodFriend=1", "a=b; GoodFriend=x7!two; c=d", "GoodFriend=\"1\""] {
        assert!(grants(EN, cookie, NOW), "{cookie}");
    }
    assert!(grants("EN.wikipedia.beta.example.org:443", "GoodFriend=1", NOW));
    assert!(grants("test.example.org", "GoodFriend=three", NOW));
}

#[test]
fn no_value_counts_on_another_host() {
    for host in
        ["wikipedia.beta.example.org", "en.wikipedia.example.org", "example.org", "test.example.org", ""]
    {
        assert!(!grants(host, "GoodFriend=1", NOW), "{host}");
    }
    assert!(!grants(EN, "GoodFriend=three", NOW));
}

#[test]
fn what_is_not_the_value_does_not_count() {
    let long = format!("GoodFriend=1{}", "1".repeat(MAX_VALUE));
    for cookie in [
        "",
        "GoodFriend",
        "GoodFriend=",
        "GoodFriend=11",
        "GoodFriend=2",
        "goodfriend=1",
        "XGoodFriend=1",
        &long,
    ] {
        assert!(!grants(EN, cookie, NOW), "{cookie}");
    }
}

#[test]
fn a_value_counts_until_its_time_and_the_next_one_on() {
    assert!(grants(EN, "GoodFriend=1", "2026-12-31T23:59:59Z"));
    assert!(!grants(EN, "GoodFriend=1", "2027-01-01"));
    assert!(grants(EN, "GoodFriend=x7!two", "2027-01-01"));
    assert!(!grants(EN, "GoodFriend=x7!two", "2027-06-01"));
}

#[test]
fn an_old_cookie_of_the_same_name_does_not_hide_the_new_one() {
    assert!(grants(EN, "GoodFriend=old; GoodFriend=x7!two", NOW));
    let many = "GoodFriend=old; ".repeat(MAX_SENT) + "GoodFriend=1";
    assert!(!grants(EN, &many, NOW), "no more are looked at than browsers send");
}

#[test]
fn the_snippet_sets_the_value_that_counts_longest() {
    let passes = compile(BETA).unwrap();
    let snippets = |now: &str| -> Vec<String> {
        let now = now.parse().unwrap();
        passes.passes().filter_map(|pass| pass.snippet(now)).map(|line| line.to_string()).collect()
    };
    assert_eq!(
        snippets(NOW),
        [
            "document.cookie = \"GoodFriend=x7!two; domain=.wikipedia.beta.example.org; path=/; Max-Age=31536000; SameSite=Lax; Secure\"",
            "document.cookie = \"GoodFriend=three; path=/; Max-Age=2592000; SameSite=Lax; Secure\"",
        ]
    );
    assert!(snippets("2027-06-01").is_empty());
}

#[test]
fn debug_output_keeps_values_to_itself() {
    let passes = compile(BETA).unwrap();
    let snippet = passes.passes().next().unwrap().snippet(NOW.parse().unwrap());
    for printed in [format!("{passes:?}"), format!("{snippet:?}")] {
        assert!(!printed.contains("x7!two") && printed.contains("GoodFriend"), "{printed}");
    }
}

/// What is said of a pass for this host and this domain.
fn told(host: &str, domain: &str) -> String {
    let yaml = format!(
        "- {{ host: \"{host}\", name: GoodFriend, domain: \"{domain}\", values: [{{ value: a, until: 2027-01-01 }}] }}"
    );
    compile(&yaml).err().unwrap_or_default()
}

#[test]
fn a_domain_is_no_public_suffix() {
    for suffix in [
        "org",
        "co.uk",
        "beta.wmcloud.org",
        ".beta.wmcloud.org",
        "github.io",
        "nosuchtld",
        "Beta.WMCloud.org",
    ] {
        let told = told(&format!("*.x.{}", suffix.trim_start_matches('.')), suffix);
        assert!(told.contains("is a public suffix"), "{suffix}: {told}");
    }
    assert_eq!(told("*.wikipedia.beta.wmcloud.org", ".wikipedia.beta.wmcloud.org"), "");
}

#[test]
fn a_domain_covers_every_host_of_its_pass() {
    for (host, domain) in [
        ("*.wikipedia.example.org", "example.org"),
        ("*.wikipedia.example.org", ".wikipedia.example.org"),
        ("en.example.org", "en.example.org"),
        ("en.example.org", "Example.org"),
    ] {
        assert_eq!(told(host, domain), "", "{host} {domain}");
    }
    for (host, domain) in [
        ("*.example.org", "wikipedia.example.org"),
        ("*.wikipedia.example.org", "wiktionary.example.org"),
        ("example.org", "en.example.org"),
        ("badexample.org", "example.org"),
        ("192.0.2.7", "example.org"),
    ] {
        assert!(told(host, domain).contains("does not cover the host"), "{host} {domain}");
    }
    for domain in
        ["", ".", "..example.org", "example..org", "192.0.2.7", "[::1]", "*.example.org", "a b.example.org"]
    {
        assert!(told("example.org", domain).contains("is not a domain"), "{domain}");
    }
}
