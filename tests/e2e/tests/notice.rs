//! Notice of the next stage, to clients that still pass.

use std::net::Ipv4Addr;

use e2e::ask::CURL;
use e2e::{Answer, Ask, Chain, Setup};

const ADDRESS: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 1);
const MEDIAWIKI: &str = "MediaWiki/1.43.0 ForeignAPIRepo/2.1";

fn notice(answer: &Answer) -> [Option<&str>; 3] {
    assert_eq!(answer.status, 200, "{answer:?}");
    ["deprecation", "sunset", "link"].map(|name| answer.header(name))
}

#[test]
fn who_will_be_refused_is_told_when_and_nobody_else_is() {
    let mut chain = Chain::start(&Setup::shipped("policy.yaml").at("2025-07-27").patient()).unwrap();
    let told = |chain: &Chain, user_agent: &str| {
        let answer = Ask::new(ADDRESS, user_agent).send(chain).unwrap();
        notice(&answer).map(|value| value.map(str::to_owned))
    };
    let of = |deprecation: &str, sunset: Option<&str>| {
        let relation = if sunset.is_some() { "deprecation sunset" } else { "deprecation" };
        let link = format!("<https://example.org/user-agent-policy>; rel=\"{relation}\"; type=\"text/html\"");
        [Some(deprecation.to_owned()), sunset.map(str::to_owned), Some(link)]
    };
    assert_eq!(told(&chain, MEDIAWIKI), [None, None, None], "the first stage is 15 days away");

    chain.start_agent(&["--clock", "2025-07-28"]).unwrap();
    assert_eq!(told(&chain, MEDIAWIKI), of("@1754870400", Some("Mon, 01 Sep 2025 00:00:00 GMT")));
    assert_eq!(told(&chain, CURL), of("@1754870400", None), "curl is never refused altogether");
    let own = Ask { target: "/deprecated", ..Ask::new(ADDRESS, CURL) }.send(&chain).unwrap();
    let sunset = Some("Thu, 01 Jan 2026 00:00:00 GMT");
    assert_eq!(notice(&own), [Some("@1"), sunset, None], "an origin's own notice is left as it is");
    let browser = Ask::browser(ADDRESS).send(&chain).unwrap();
    assert_eq!(notice(&browser), [None, None, None]);

    chain.start_agent(&["--clock", "2025-08-26"]).unwrap();
    assert_eq!(told(&chain, MEDIAWIKI), of("@1756684800", Some("Mon, 01 Sep 2025 00:00:00 GMT")));
    assert_eq!(told(&chain, CURL), [None, None, None], "its last stage has begun");
    let refused = Ask::library(ADDRESS).send(&chain).unwrap();
    let headers = ["deprecation", "sunset", "link"].map(|name| refused.header(name));
    assert_eq!((refused.status, headers), (403, [None, None, None]), "too late for a notice");
}
