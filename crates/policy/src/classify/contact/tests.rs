use proptest::prelude::*;

use super::*;

mod model;

fn found(user_agent: &str) -> Option<(ContactKind, &str)> {
    find_contact(user_agent.as_bytes(), SoftwareUrls::Count).map(|contact| (contact.kind, contact.value))
}

fn email(user_agent: &str) -> Option<&str> {
    found(user_agent).and_then(|(kind, value)| (kind == ContactKind::Email).then_some(value))
}

fn url(user_agent: &str) -> Option<&str> {
    found(user_agent).and_then(|(kind, value)| (kind == ContactKind::Url).then_some(value))
}

fn wiki_user(user_agent: &str) -> Option<&str> {
    found(user_agent).and_then(|(kind, value)| (kind == ContactKind::WikiUser).then_some(value))
}

fn url_in_default_of<'a>(library: &str, user_agent: &'a str) -> Option<&'a str> {
    let software = SoftwareUrls::Ignore { library: library.as_bytes() };
    find_contact(user_agent.as_bytes(), software).map(|contact| contact.value)
}

#[test]
fn prefers_an_email_to_a_url_to_a_wiki_user() {
    let all = "B/1 (wikipedia:en; User:Bob) (https://example.org/b) bob@example.org";
    assert_eq!(found(all), Some((ContactKind::Email, "bob@example.org")));
    assert_eq!(
        found("B/1 (wikipedia:en; User:Bob) (https://example.org/b)"),
        Some((ContactKind::Url, "https://example.org/b"))
    );
    assert_eq!(found("B/1 (wikipedia:en; User:Bob)"), Some((ContactKind::WikiUser, "Bob")));
    assert_eq!(found("B/1 (no contact here)"), None);
}

#[test]
fn finds_an_email_in_the_punctuation_people_use() {
    for user_agent in [
        "B/1 bob@example.org",
        "B/1 (contact: bob@example.org)",
        "B/1 (contact:bob@example.org; en)",
        "B/1 <bob@example.org>",
        "B/1 (+mailto:bob@example.org)",
        "B/1 (https://example.org/b, bob@example.org)",
        "B/1 (https://bob.example.org; bob@example.org.)",
        "B/1 'bob@example.org',",
        "B/1 [bob@example.org]",
        "B/1 +bob@example.org",
        "B/1 --bob@example.org--",
        "contact=bob@example.org",
        "scraping/bob@example.org",
        "a@b bob@example.org",
        "B/1 \u{e9} bob@example.org",
    ] {
        assert_eq!(email(user_agent), Some("bob@example.org"), "{user_agent}");
    }
}

#[test]
fn accepts_the_addresses_that_exist() {
    for address in [
        "user+label@example-test.com",
        "first.last@sub.domain.example.org",
        "a_b-c%d@example.org",
        "x@163.com",
        "bob@xn--bcher-kva.example",
        "bob@example.xn--p1ai",
        "bob@b\u{fc}cher.example",
        "r\u{e9}n\u{e9}@example.org",
        "\u{43f}\u{43e}\u{447}\u{442}\u{430}@\u{43f}\u{440}\u{438}\u{43c}\u{435}\u{440}.\u{440}\u{444}",
        "1@1.museum",
    ] {
        assert_eq!(email(&format!("B/1 ({address})")), Some(address));
    }
}

#[test]
fn takes_nothing_for_an_email_that_only_has_an_at() {
    for text in [
        "android@111.0.5563.116",
        "app@1.2.3",
        "app@1.2.0-rc.next",
        "app@v2.0.beta",
        "app@1.0.0.dev",
        "bob@localhost",
        "root@localhost.localdomain",
        "bob@printer.local",
        "bob@host.internal",
        "bob@nowhere.invalid",
        "bob@192.0.2.7",
        "bob@[192.0.2.7]",
        "bob@example.c",
        "bob@example.",
        "bob@.org",
        "bob@example..org",
        "bob@-example.org",
        "bob@example-.org",
        "bob@example.org2",
        "bob @example.org",
        "@example.org",
        "@bob@example.org",
        "b..ob@example.org",
        "bob.@example.org",
        "bob@example.org@example.net",
        "@@@@",
        "bob(at)example.org",
        "bob at example dot org",
        "@babel/core",
    ] {
        assert_eq!(found(&format!("B/1 ({text})")), None, "{text}");
    }
}

#[test]
fn never_repeats_a_user_or_password_of_a_url() {
    assert_eq!(found("B/1 (https://bob@example.org/)"), None);
    assert_eq!(found("B/1 (https://bob:secret@example.org/)"), None);
    assert_eq!(found("B/1 (https://user.name:secret@example.org/)"), None);
    assert_eq!(found("B/1 (ftp://bob:secret@example.org/)"), None);
}

#[test]
fn bounds_both_sides_of_an_email() {
    let fits = format!("{}@example.org", "a".repeat(64));
    assert_eq!(email(&fits), Some(&*fits));
    assert_eq!(email(&format!("a{fits}")), None);
    let label = format!("bob@{}.org", "a".repeat(63));
    assert_eq!(email(&label), Some(&*label));
    assert_eq!(email(&format!("bob@{}.org", "a".repeat(64))), None);
    let domain = format!("bob@{}org", "a.".repeat(125));
    assert_eq!(email(&domain), Some(&*domain));
    assert_eq!(email(&format!("bob@a{}org", "a.".repeat(125))), None);
}

#[test]
fn finds_a_url_in_the_punctuation_people_use() {
    for user_agent in [
        "B/1 https://example.org/bot.html",
        "B/1 (+https://example.org/bot.html)",
        "B/1 (compatible; +https://example.org/bot.html; en)",
        "B/1 (https://example.org/bot.html;en)",
        "B/1 (https://example.org/bot.html",
        "B/1 <https://example.org/bot.html>",
        "B/1 \"https://example.org/bot.html\"",
        "B/1 [https://example.org/bot.html]",
        "B/1 [https://example.org/bot.html the bot]",
        "B/1 https://example.org/bot.html, en",
        "B/1 https://example.org/bot.html.",
        "B/1 (+https://example.org/bot.html)._",
        "B/1_https://example.org/bot.html",
        "B/1 http:// https:/// https://http:// https://example.org/bot.html",
        "B/1 https://example.org/bot.html\u{7}",
        "B/1 https://example.org/bot.html\u{202e}txt",
    ] {
        assert_eq!(url(user_agent), Some("https://example.org/bot.html"), "{user_agent:?}");
    }
}

#[test]
fn keeps_what_belongs_to_a_url() {
    for text in [
        "http://example.org",
        "HTTPS://EXAMPLE.ORG/Bot",
        "http://example.org:8080/x",
        "http://example.org:8080",
        "https://example.org?bot=1&x=[1]",
        "https://example.org/#bot",
        "https://example.org/path%20with%20spaces",
        "https://en.example.org/wiki/Bot_(robot)",
        "https://en.example.org/wiki/User:Bob",
        "https://social.example/@bob",
        "https://b\u{fc}cher.example/\u{fc}ber",
        "https://xn--bcher-kva.example/",
        "http://a_b.example.org/",
        "https://github.com/bob/bot",
    ] {
        assert_eq!(url(&format!("B/1 ({text})")), Some(text));
    }
}

#[test]
fn ends_a_host_where_no_path_follows() {
    assert_eq!(url("B/1 http://example.org: write to us"), Some("http://example.org"));
    assert_eq!(url("B/1 http://example.org. Thanks"), Some("http://example.org"));
    assert_eq!(url("B/1 http://example.org(bot)"), Some("http://example.org"));
}

#[test]
fn takes_nothing_for_a_url_that_leads_nowhere() {
    for text in [
        "http://",
        "https:///path",
        "https://example",
        "http://localhost/",
        "http://localhost:8080/bot",
        "http://bot.localhost/",
        "http://nas.local/",
        "http://192.0.2.7/bot",
        "https://[2001:db8::1]/",
        "https://example.1/",
        "http:example.org",
        "ftp://example.org/",
        "www.example.org/bot",
        "//example.org/bot",
        "http//example.org",
    ] {
        assert_eq!(found(&format!("B/1 ({text})")), None, "{text}");
    }
}

#[test]
fn a_forge_describes_the_library_in_a_default_and_the_bot_otherwise() {
    for page in [
        "https://github.com/bitinn/node-fetch",
        "http://www.github.com/bitinn/node-fetch",
        "https://GitHub.com/bitinn/node-fetch",
        "https://gist.github.com/bitinn",
        "https://gitlab.com/x/y",
        "https://codeberg.org/x/y",
        "https://bitbucket.org/x/y",
        "https://git.sr.ht/~x/y",
    ] {
        let user_agent = format!("node-fetch/1.0 (+{page})");
        assert_eq!(url_in_default_of("node-fetch", &user_agent), None, "{page}");
        assert_eq!(url(&user_agent), Some(page));
    }
    for page in ["https://notgithub.com/x", "https://github.com.example.org/x", "https://bob.github.io/bot"] {
        assert_eq!(url_in_default_of("node-fetch", &format!("node-fetch/1.0 (+{page})")), Some(page));
    }
}

#[test]
fn a_librarys_own_site_is_no_contact_in_its_default() {
    assert_eq!(url_in_default_of("Scrapy", "Scrapy/2.11 (+https://scrapy.org)"), None);
    assert_eq!(url_in_default_of("scrapy", "Scrapy/2.11 (+https://docs.Scrapy.org/x)"), None);
    let own = "https://scrapy.example.org/bot";
    assert_eq!(url_in_default_of("Scrapy", &format!("Scrapy/2.11 (+{own})")), Some(own));
}

#[test]
fn looks_behind_the_pages_of_the_library() {
    let user_agent =
        "got (https://github.com/sindresorhus/got?u=http://example.net; https://example.org/bot)";
    assert_eq!(url_in_default_of("got", user_agent), Some("https://example.org/bot"));
    assert_eq!(url_in_default_of("got", "got (https://github.com/s/got) (User:Bob)"), Some("Bob"));
    assert_eq!(
        url_in_default_of("got", "got (https://github.com/s/got; b@example.org)"),
        Some("b@example.org")
    );
}

#[test]
fn finds_a_wiki_user() {
    for (user_agent, name) in [
        ("B/1 (wikipedia:en; User:Bob)", "Bob"),
        ("login (wikipedia:en; User:Bob) Pywikibot/9.1.0 (g1) requests/2.32.3 Python/3.11.2.final.0", "Bob"),
        ("B/1  (commons:commons; User:GLavagetto (WMF))", "GLavagetto (WMF)"),
        ("B/1 (commons:commons; User:GLavagetto (WMF); en)", "GLavagetto (WMF)"),
        ("CindyBot 2.0 (User:Cindy)", "Cindy"),
        ("B/1 [[User:Bob]]", "Bob"),
        ("B/1 ([[User:Bob the (nice) Builder|Bob]])", "Bob the (nice) Builder"),
        ("B/1 [[w:en:User:Bob]]", "Bob"),
        ("B/1 [[User talk:Bob]]", "Bob"),
        ("B/1 ([[User_talk:Bob_B]])", "Bob_B"),
        ("B/1 [[User:Bob/bot.py]]", "Bob"),
        ("B/1 (User: Bob , en)", "Bob"),
        ("B/1 (User:Bob#Contact)", "Bob"),
        ("B/1 (wikipedia:de; User:J\u{fc}rgen)", "J\u{fc}rgen"),
        ("B/1 User:Bob Python/3.12 (x86; User:Eve)", "Bob"),
        ("User:Bob", "Bob"),
        ("B/1 (User:; User:Bob)", "Bob"),
        ("B/1 (User:Bob", "Bob"),
    ] {
        assert_eq!(wiki_user(user_agent), Some(name), "{user_agent}");
    }
}

#[test]
fn takes_nothing_for_a_wiki_user_that_is_none() {
    for text in [
        "User:",
        "User: ",
        "user:1234",
        "SuperUser:Bob",
        "AppUser:Bob",
        "User Bob",
        "Talk:Bob",
        "User:\u{202e}x",
    ] {
        assert_eq!(found(&format!("B/1 ({text})")), None, "{text:?}");
    }
    assert_eq!(found(&format!("B/1 (User:{})", "a".repeat(256))), None);
    assert!(found(&format!("B/1 (User:{})", "a".repeat(255))).is_some());
}

#[test]
fn a_user_agent_over_the_limit_has_no_contact() {
    let mut user_agent = String::from("bob@example.org ");
    user_agent.push_str(&"x".repeat(MAX_USER_AGENT_BYTES - user_agent.len()));
    assert_eq!(email(&user_agent), Some("bob@example.org"));
    user_agent.push('x');
    assert_eq!(found(&user_agent), None);
}

#[test]
fn bytes_that_are_no_utf8_cost_only_the_contact_they_are_in() {
    let count = SoftwareUrls::Count;
    let value = |user_agent| find_contact(user_agent, count).map(|contact| contact.value);
    assert_eq!(value(b"B\xfcrobot/1 (bob@example.org)"), Some("bob@example.org"));
    assert_eq!(value(b"B/1 (bob@b\xfccher.example)"), None);
    assert_eq!(value(b"B/1 (http://b\xfccher.example/)"), None);
    assert_eq!(value(b"B/1 (http://example.org/b\xfccher)"), Some("http://example.org/b"));
    assert_eq!(value(b"B/1 (User:J\xfcrgen; User:Bob)"), Some("Bob"));
    assert_eq!(value(b"\xff@\xfe\x00\xc3"), None);
}

/// Text that comes close to contacts of all kinds.
fn near_contacts() -> impl Strategy<Value = Vec<u8>> {
    let words = "@ . - _ + % : / // ; , ( ) [ ] [[ ]] | # ? < a Bob 1 v1 org example localhost github.com xn--a http \
                 https http:// HTTPS:// :// User: User mailto: example.org @example.org b.org/x \u{e9} \u{202e}";
    let between: [&[u8]; 6] = [b" ", b" talk:", b"\t", b"\x00", b"\x7f", b"\xff"];
    let fragments: Vec<_> = words.split_whitespace().map(str::as_bytes).chain(between).collect();
    proptest::collection::vec(proptest::sample::select(fragments), 0..40).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn agrees_with_the_naive_model(user_agent in near_contacts(), default in any::<bool>()) {
        let library = default.then_some("example");
        let software = library.map_or(SoftwareUrls::Count, |name| {
            SoftwareUrls::Ignore { library: name.as_bytes() }
        });
        let contact = find_contact(&user_agent, software).map(|contact| (contact.kind, contact.value.to_owned()));
        prop_assert_eq!(contact, model::contact(&user_agent, library), "{:?}", user_agent.escape_ascii().to_string());
    }

    #[test]
    fn whatever_it_returns_is_safe_in_a_header(user_agent in proptest::collection::vec(any::<u8>(), 0..600)) {
        if let Some(contact) = find_contact(&user_agent, SoftwareUrls::Count) {
            prop_assert!((1..=MAX_USER_AGENT_BYTES).contains(&contact.value.len()));
            prop_assert!(!contact.value.chars().any(char::is_control));
        }
    }
}
