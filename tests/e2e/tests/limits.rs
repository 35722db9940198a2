//! Limits by contact, by cookie, by path, and one that holds whoever exceeds it.

#![allow(clippy::unwrap_used, reason = "in the functions of a test too, a panic is the report")]

use std::net::Ipv4Addr;

use e2e::{Answer, Ask, Chain, Setup};

const POLICY: &str = "
limits:
  - name: ip
    key: ip
    rate: 4/h
    hold: 5h
    costs: [{ path: /static/*, cost: 0 }, { path: /w/api.php, cost: 2 }]
  - { name: contact, tiers: [D], key: contact, rate: 2/h }
  - { name: session, classes: [browser], key: cookie, cookie: session, rate: 3/h }
";

fn chain() -> Chain {
    Chain::start(&Setup::written(POLICY).patient()).unwrap()
}

fn address(last: u8) -> Ipv4Addr {
    Ipv4Addr::new(203, 0, 113, last)
}

fn passed(answers: &[Answer]) -> usize {
    answers.iter().filter(|answer| answer.status == 200).count()
}

#[test]
fn all_machines_of_an_operator_share_the_quota_of_their_contact() {
    let chain = chain();
    let tool = |last| Ask::new(address(last), "MapTool/2.1 (maps@example.com)").send(&chain).unwrap();
    let answers = [1, 2, 3].map(tool);
    assert_eq!(passed(&answers), 2);
    let logged = chain.logged("contact", &answers[2]).unwrap();
    assert_eq!((logged["reason"].as_str(), logged["key"].as_str()), ("limit.contact", "maps@example.com"));
    let other = Ask::new(address(3), "OtherTool/1.0 (ops@example.com)").send(&chain).unwrap();
    assert_eq!(other.status, 200, "the address was not charged for what its contact was refused");
}

#[test]
fn a_session_has_one_quota_wherever_it_comes_from_and_its_cookie_is_not_logged() {
    let chain = chain();
    let cookie = [("Cookie", "theme=dark; session=s3cr3t")];
    let answers = [1, 2, 3, 4]
        .map(|last| Ask { headers: &cookie, ..Ask::browser(address(last)) }.send(&chain).unwrap());
    assert_eq!(passed(&answers), 3);
    let logged = chain.logged("cookie", &answers[3]).unwrap();
    assert_eq!(logged["reason"], "limit.session");
    assert!(logged["key"].starts_with("cookie:") && !logged["key"].contains("s3cr3t"), "{logged:?}");
}

#[test]
fn a_path_may_cost_nothing_or_more_and_who_exceeds_the_limit_is_held() {
    let chain = chain();
    let ask = Ask::new(address(1), "SomeGalleryApp/2.4");
    let free = Ask { target: "/static/logo.png", ..ask }.repeat(&chain, 10).unwrap();
    assert_eq!(passed(&free), 10);
    let dear = Ask { target: "/w/api.php?action=query", ..ask }.repeat(&chain, 3).unwrap();
    assert_eq!(passed(&dear), 2, "four an hour, two each");
    let held = ask.send(&chain).unwrap();
    let wait: u64 = held.header("retry-after").unwrap().parse().unwrap();
    // Five hours since the excess, less what the test has taken.
    assert!(held.status == 429 && (4 * 3600..=5 * 3600).contains(&wait), "{held:?}");
    let still_free = Ask { target: "/static/logo.png", ..ask }.send(&chain).unwrap();
    assert_eq!(still_free.status, 200);
}
