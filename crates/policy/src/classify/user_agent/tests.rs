use proptest::prelude::*;

use super::*;
use crate::classify::contact::ContactKind;

mod vectors;

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0";

fn patterns(name: &str, products: &[&str], contains: &[&str]) -> ClassPatterns {
    let owned = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
    ClassPatterns { name: name.to_owned(), products: owned(products), contains: owned(contains) }
}

fn few() -> UserAgents {
    UserAgents::compile(&[
        patterns("archive", &["archive.org_bot"], &["zeno/"]),
        patterns("app", &["wikipediaapp", "okhttp-app"], &["zeno/warc"]),
        patterns("library_default", &["python-requests", "python", "axios", "scrapy"], &["indy library"]),
        patterns("cli", &["curl"], &["powershell/"]),
        patterns("mediawiki", &["mediawiki"], &["query service updater"]),
        patterns("browser", &["opera", "lynx"], &["nintendo"]),
        patterns("other", &[], &["headlesschrome", "bot/"]),
    ])
    .unwrap()
}

fn class<'u>(agents: &'u UserAgents, user_agent: &str) -> &'u str {
    agents.name(agents.classify(Some(user_agent.as_bytes()), None).class)
}

#[track_caller]
fn assert_class(expected: &str, user_agents: &[&str]) {
    let agents = few();
    for user_agent in user_agents {
        assert_eq!(class(&agents, user_agent), expected, "{user_agent}");
    }
}

#[test]
fn nothing_said_is_none() {
    assert_class("none", &["", " ", "\t \t", "-", " - "]);
    assert_eq!(few().classify(None, None).class, UaClass::NONE);
}

#[test]
fn a_library_is_known_by_the_product_in_front() {
    assert_class(
        "library_default",
        &[
            "python-requests",
            "python-requests/2.32.3",
            "Python-Requests/2",
            "Python/3.12 aiohttp/3.9.5",
            "axios;",
            "axios(x)",
        ],
    );
    assert_class(
        "other",
        &[
            "MyBot python-requests/2",
            "python-requests2/1",
            "xpython-requests/1",
            "(python-requests/2)",
            "pythonic",
        ],
    );
}

#[test]
fn a_text_is_found_anywhere_in_any_case() {
    assert_class(
        "library_default",
        &["Mozilla/3.0 (compatible; Indy Library)", "INDY LIBRARY", "x indy library"],
    );
    assert_class("other", &["indy librar", "indylibrary"]);
}

#[test]
fn a_contact_makes_a_bot_of_a_library_or_a_tool() {
    assert_class(
        "bot",
        &[
            "python-requests/2 (bob@example.org)",
            "curl/8 (https://example.org/bot)",
            "curl/8 (User:Bob)",
            "X (b@example.org)",
        ],
    );
    assert_class(
        "library_default",
        &[
            "axios/1 (https://github.com/axios/axios)",
            "Scrapy/2 (+https://scrapy.org)",
            "axios/1 (http://localhost)",
        ],
    );
    assert_class("bot", &["MyBot/1 (https://github.com/bob/mybot)", "MyBot/1 (+https://scrapy.org)"]);
}

#[test]
fn mediawiki_stays_mediawiki_with_its_sites_url_beside_it() {
    let agents = few();
    let classified =
        agents.classify(Some(b"MediaWiki/1.43.1 (https://wiki.example.org) ForeignAPIRepo/2.1"), None);
    assert_eq!(classified.class, UaClass::MEDIAWIKI);
    let contact = classified.contact.unwrap();
    assert_eq!((contact.kind, contact.value), (ContactKind::Url, "https://wiki.example.org"));
    for software in
        [b"MediaWiki/1.43.1 (https://www.mediawiki.org)".as_slice(), b"Wikidata Query Service Updater Bot"]
    {
        assert_eq!(
            agents.classify(Some(software), None),
            Classified { class: UaClass::MEDIAWIKI, contact: None }
        );
    }
}

#[test]
fn an_engine_makes_a_browser_whatever_else_stands_there() {
    for extra in
        ["okhttp/4.12.0", "curl/8.5.0", "PowerShell/7.4", "(compatible; Indy Library)", "MediaWiki/1.43"]
    {
        assert_class("browser", &[&format!("{FIREFOX} {extra}")]);
    }
    assert_class(
        "browser",
        &["Mozilla/5.0 (Linux; AppleWebKit/534.46 (KHTML, like Gecko) Tizen Browser/1.0"],
    );
}

#[test]
fn what_poses_as_internet_explorer_is_a_library_first() {
    assert_class("browser", &["Mozilla/5.0 (Windows NT 6.3; Trident/7.0; rv:11.0) like Gecko"]);
    assert_class(
        "browser",
        &["Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1)", "Mozilla/5.0 (X11; U; en) Opera 8.52"],
    );
    assert_class("library_default", &["Mozilla/4.0 (compatible; MSIE 6.0; Indy Library)"]);
    assert_class(
        "cli",
        &["Mozilla/5.0 (Windows NT; Windows NT 10.0; de-DE) WindowsPowerShell/5.1.19041.1682"],
    );
}

#[test]
fn browsers_without_mozilla_come_from_the_patterns() {
    assert_class(
        "browser",
        &["Opera/9.80 (J2ME) Presto/2.12", "Lynx/2.9.0 libwww-FM/2.14", "Mozilla/5.0 (Nintendo 3DS; U)"],
    );
    assert_class("other", &["Links (2.29)", "Operator/1.0", "MyApp/1 AppleWebKit/537.36 Chrome/124.0.0.0"]);
}

#[test]
fn mozilla_alone_is_no_browser() {
    assert_class(
        "other",
        &["Mozilla/5.0", "Mozilla/5.0 (compatible; SomeBot)", "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"],
    );
}

#[test]
fn a_browser_that_a_program_drives_is_other_and_with_a_contact_a_bot() {
    let chrome =
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/124.0.0.0";
    assert_class("other", &[chrome, &format!("{FIREFOX} MyBot/1.0")]);
    assert_class(
        "bot",
        &[&format!("{chrome} (bob@example.org)"), &format!("{FIREFOX} (+https://example.org/bot)")],
    );
    assert_class(
        "browser",
        &["Mozilla/5.0 (Linux; Android 11; CUBOT X18) AppleWebKit/537.36 Chrome/109.0.0.0"],
    );
}

#[test]
fn added_classes_come_first_in_their_order_and_keep_the_contact() {
    assert_class(
        "archive",
        &["archive.org_bot/1", "Mozilla/5.0 (compatible; x) Zeno/22 warc/v0.8", "curl/8 zeno/"],
    );
    assert_class("archive", &["zeno/warc", "WikipediaApp/2.7 zeno/1"]);
    assert_class("app", &["WikipediaApp/2.7.50490 (Android 14; Phone)"]);
    let agents = few();
    let classified = agents.classify(Some(b"WikipediaApp/2.7 (bob@example.org)"), None);
    assert_eq!(agents.name(classified.class), "app");
    assert_eq!(classified.contact.map(|contact| contact.value), Some("bob@example.org"));
}

#[test]
fn api_user_agent_names_the_script_in_a_browsers_page() {
    let agents = few();
    let classify = |user_agent: &'static str, api| {
        let classified = agents.classify(Some(user_agent.as_bytes()), api);
        (agents.name(classified.class), classified.contact.map(|contact| contact.value))
    };
    let gadget: Option<&[u8]> = Some(b"MyGadget/1.0 (bob@example.org)");
    assert_eq!(classify(FIREFOX, gadget), ("bot", Some("bob@example.org")));
    for names_nobody in
        ["MyGadget/1.0", "axios/1.7.2", "axios/1 (https://github.com/axios/axios)", "", "WikipediaApp/2"]
    {
        assert_eq!(classify(FIREFOX, Some(names_nobody.as_bytes())), ("browser", None), "{names_nobody}");
    }
    assert_eq!(classify("axios/1.7.2", gadget), ("library_default", None));
    assert_eq!(classify("", gadget), ("none", None));
    assert_eq!(classify("MyBot/1 (eve@example.org)", gadget), ("bot", Some("eve@example.org")));
}

#[test]
fn only_the_first_part_of_a_long_user_agent_counts() {
    let padding = " ".repeat(MAX_EXAMINED_BYTES);
    assert_class("library_default", &[&format!("axios/1.7{padding}{padding}x")]);
    let near = format!("Mozilla/5.0 {}Gecko/1", "x".repeat(MAX_EXAMINED_BYTES - "Mozilla/5.0 Gecko/1".len()));
    assert_eq!(near.len(), MAX_EXAMINED_BYTES);
    assert_class("browser", &[&near]);
    assert_class("other", &[&near.replace("Gecko/", "xxGecko/")]);
}

#[test]
fn a_product_longer_than_any_pattern_matches_none() {
    let longest = "a".repeat(MAX_PATTERN_BYTES);
    let agents = UserAgents::compile(&[patterns("long", &[&longest], &[])]).unwrap();
    assert_eq!(class(&agents, &format!("{longest}/1")), "long");
    assert_eq!(class(&agents, &format!("{longest}a/1")), "other");
}

#[test]
fn classes_keep_their_names_and_order() {
    let agents = few();
    let names: Vec<_> = agents.classes().map(|(class, name)| (class.index(), name)).collect();
    let expected =
        ["none", "library_default", "cli", "mediawiki", "bot", "browser", "other", "archive", "app"];
    assert_eq!(names, expected.into_iter().enumerate().collect::<Vec<_>>());
    assert_eq!(agents.class("library_default"), Some(UaClass::LIBRARY_DEFAULT));
    assert_eq!(agents.class("app").map(UaClass::index), Some(8));
    assert_eq!(agents.class("App"), None);
    assert_eq!(UserAgents::compile(&[]).unwrap().name(agents.class("app").unwrap()), "other");
}

#[test]
fn refuses_patterns_that_could_not_match_or_match_twice() {
    let refusal =
        |classes: &[ClassPatterns]| UserAgents::compile(classes).map(|_| ()).unwrap_err().to_string();
    let one = |products: &[&str], contains: &[&str]| refusal(&[patterns("cli", products, contains)]);

    for product in ["", "Curl", "curl/8", "my tool", "curl(", "c\u{fc}rl", &*"a".repeat(65)] {
        assert!(
            one(&[product], &[])
                .starts_with(&format!("class \"cli\": products has {product:?}, expected the name"))
        );
    }
    for text in ["", "abc", "Indy Library", "in\tdy", "\u{fc}ber", &*"a".repeat(65)] {
        assert!(
            one(&[], &[text]).starts_with(&format!("class \"cli\": contains has {text:?}, expected 4 to 64"))
        );
    }
    assert_eq!(one(&["a", "a"], &[]), "class \"cli\": products has \"a\", which class \"cli\" has already");
    assert_eq!(one(&[], &[]), "class \"cli\" has neither products nor contains, so nothing could match it");
    let twice = [patterns("x", &[], &["abcd"]), patterns("cli", &["abcd"], &["abcd"])];
    assert_eq!(refusal(&twice), "class \"cli\": contains has \"abcd\", which class \"x\" has already");
    let same = [patterns("x", &["a"], &[]), patterns("x", &["b"], &[])];
    assert_eq!(refusal(&same), "class \"x\" is listed twice");
}

#[test]
fn an_error_says_which_class_and_which_pattern() {
    let error = |class: ClassPatterns| UserAgents::compile(&[class]).map(|_| ()).unwrap_err();
    let malformed = error(patterns("cli", &["curl", "Wget"], &[]));
    assert_eq!((malformed.class(), malformed.value()), ("cli", Some("Wget")));
    let empty = error(patterns("cli", &[], &[]));
    assert_eq!((empty.class(), empty.value()), ("cli", None));
}

#[test]
fn refuses_classes_that_take_no_patterns_or_have_no_name() {
    let refusal = |name: &str| UserAgents::compile(&[patterns(name, &["a"], &[])]).map(|_| ()).unwrap_err();
    for computed in ["none", "bot"] {
        assert_eq!(refusal(computed), PatternError::NotByPattern { class: computed.to_owned() });
    }
    for name in ["", "App", "1app", "_app", "my app", "my-app", "\u{fc}ber", &*"a".repeat(65)] {
        assert_eq!(refusal(name), PatternError::ClassName { class: name.to_owned() });
    }
}

#[test]
fn refuses_more_classes_or_patterns_than_the_limits() {
    let classes =
        |count| (0..count).map(|n| patterns(&format!("c{n}"), &[&format!("p{n}")], &[])).collect::<Vec<_>>();
    let added = MAX_CLASSES - UaClass::BUILT_IN.len();
    let agents = UserAgents::compile(&classes(added)).unwrap();
    assert_eq!(class(&agents, &format!("p{}/1", added - 1)), format!("c{}", added - 1));
    let refusal = UserAgents::compile(&classes(added + 1)).map(|_| ()).unwrap_err();
    assert_eq!(refusal, PatternError::TooManyClasses { class: format!("c{added}") });

    let mut many = ClassPatterns { name: "cli".to_owned(), ..ClassPatterns::default() };
    many.products = (0..MAX_PATTERNS).map(|n| format!("p{n}")).collect();
    assert!(UserAgents::compile(std::slice::from_ref(&many)).is_ok());
    many.contains.push("more".to_owned());
    let refusal = UserAgents::compile(&[many]).map(|_| ()).unwrap_err();
    assert_eq!(refusal, PatternError::TooManyPatterns { class: "cli".to_owned(), value: "more".to_owned() });
}

proptest! {
    #[test]
    fn finds_the_substrings_that_a_plain_search_finds(
        patterns in proptest::collection::vec("[ab]{4,7}", 1..20),
        text in "[aAbB\u{e9}]{0,60}",
    ) {
        let labelled = patterns.iter().zip(0..).map(|(pattern, label)| (&**pattern, label));
        let found = Substrings::new(labelled).labels(text.as_bytes());
        for (pattern, label) in patterns.iter().zip(0..) {
            prop_assert_eq!(found.contains(label), text.to_ascii_lowercase().contains(pattern.as_str()), "{}", pattern);
        }
    }

    #[test]
    fn any_bytes_get_a_class_and_only_a_bot_always_a_contact(
        user_agent in proptest::collection::vec(any::<u8>(), 0..3000),
        api_user_agent in proptest::option::of(proptest::collection::vec(any::<u8>(), 0..600)),
    ) {
        let classified = few().classify(Some(&user_agent), api_user_agent.as_deref());
        let by_contact = classified.class == UaClass::BOT;
        let beside = classified.class == UaClass::MEDIAWIKI || classified.class > UaClass::OTHER;
        prop_assert!(beside || classified.contact.is_some() == by_contact);
    }
}
