use super::*;
use crate::import::document::parse_one;

fn literals(yaml: &str, proxy: Kind) -> Vec<(Atom, bool)> {
    let pattern = parse_one(Kind::Pattern, "s/n", "f.yaml", yaml).unwrap();
    conditions(&pattern, proxy).into_iter().map(|literal| (literal.atom, literal.negated)).collect()
}

fn only(yaml: &str) -> (Atom, bool) {
    let mut all = literals(yaml, Kind::Action);
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

fn agent_of(value: &str) -> Atom {
    only(&format!("header: user-agent\nheader_value: '{value}'\n")).0
}

fn why(atom: &Atom) -> &str {
    match atom {
        Atom::Other { what, .. } => what,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_user_agent_is_a_product_in_front_or_a_text_anywhere() {
    let exact = |agent| Atom::Agents(vec![agent], Fit::default());
    assert_eq!(agent_of("^Python-urllib/"), exact(Agent::Product("python-urllib".into())));
    assert_eq!(agent_of("^python-requests/.*$"), exact(Agent::Product("python-requests".into())));
    assert_eq!(agent_of("BadBot"), exact(Agent::Contains("badbot".into())));
    assert_eq!(agent_of("^-?$"), exact(Agent::Absent));
    let Atom::Agents(agents, fit) = agent_of("^curl") else { panic!() };
    assert_eq!(agents, [Agent::Product("curl".into())]);
    assert!(fit.narrower.is_some() && fit.wider.is_none());
}

#[test]
fn a_user_agent_that_no_class_can_tell_is_told_with_its_expression() {
    for (value, part) in [
        ("^Mozilla/5.0$", "the end of a user agent"),
        ("^Mozilla/5.0 ", "a start that is more than the name of a product"),
        ("bot", "4 to 64"),
        (".*", "finds every user agent"),
        ("Chrome/[0-9]+", "is not a fixed text"),
    ] {
        let atom = agent_of(value);
        assert!(why(&atom).contains(part) && why(&atom).contains(value), "{value}: {atom:?}");
    }
}

#[test]
fn a_header_without_value_is_absent_unless_it_is_set() {
    let accept = || Atom::Header("accept".into());
    assert_eq!(only("header: Accept\n"), (accept(), true));
    assert_eq!(only("header: Accept\nheader_is_set: true\n"), (accept(), false));
    assert_eq!(only("header: Accept\nheader_value: x\nheader_is_set: false\n"), (accept(), true));
    let absent = || Atom::Agents(vec![Agent::Absent], Fit::default());
    assert_eq!(only("header: User-Agent\n"), (absent(), false));
    assert_eq!(only("header: User-Agent\nheader_is_set: true\n"), (absent(), true));
    assert!(why(&only("header: Host\n").0).contains("every request has"));
    assert!(why(&only("header: X-Y\nheader_value: z\n").0).contains("by its value"));
}

#[test]
fn a_path_is_a_start_an_end_or_whole() {
    let path = |regex: &str| only(&format!("url_path: '{regex}'\n")).0;
    assert_eq!(path("^/keys"), Atom::Paths(vec!["/keys*".into()], Fit::default()));
    assert_eq!(path(r"^/w/(api|rest)\.php(\?|$)"), {
        Atom::Paths(vec!["/w/api.php".into(), "/w/rest.php".into()], Fit::default())
    });
    let Atom::Paths(paths, fit) = path(r"\.jpg$") else { panic!() };
    assert!(paths == ["/*.jpg"] && fit.wider.is_some(), "Varnish compares the query, too");
    let in_haproxy = literals("url_path: '\\.jpg$'\n", Kind::HaproxyAction);
    assert_eq!(in_haproxy, [(Atom::Paths(vec!["/*.jpg".into()], Fit::default()), false)]);
    let Atom::Paths(_, fit) = path("^/w/api.php") else { panic!() };
    assert!(fit.narrower.is_some());
    for regex in ["/w/api", "^/a//b", "^/a/../b", "^w", r"^/\*", "^/a%2F", "^/[?$]"] {
        assert!(matches!(path(regex), Atom::Other { .. }), "{regex}: {:?}", path(regex));
    }
}

#[test]
fn a_host_is_whole_or_what_is_below_one() {
    let host = |regex: &str| only(&format!("header: Host\nheader_value: '{regex}'\n")).0;
    assert_eq!(host(r"^en\.example\.org$"), Atom::Hosts(vec!["en.example.org".into()], Fit::default()));
    assert_eq!(host(r"\.example\.org$"), Atom::Hosts(vec!["*.example.org".into()], Fit::default()));
    assert!(matches!(host(r"example\.org"), Atom::Other { .. }));
}

#[test]
fn every_field_is_asked_and_none_is_no_pattern() {
    let all = literals(
        "method: POST\nurl_path: ^/a\nheader: X\nquery_parameter: q\nrequest_body: b\n",
        Kind::Action,
    );
    assert_eq!(all.len(), 5);
    assert!(why(&all[3].0).contains("query parameter (q)") && why(&all[4].0).contains("body"));
    assert!(why(&only("{}").0).contains("no condition"));
}
