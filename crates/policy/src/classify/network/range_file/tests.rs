use std::path::Path;

use super::*;
use crate::error::Problems;

/// Reads `content` as a file, or tells what is wrong with it.
fn read(content: &str) -> Result<RangeList, String> {
    let mut problems = Problems::default();
    let mut compiler = Compiler { file: Path::new("policy.yaml"), problems: &mut problems };
    let list = RangeList::parse(Path::new("ranges"), content.as_bytes(), &mut compiler);
    problems.into_result(list).map_err(|why| why.to_string())
}

fn prefixes(content: &str) -> Vec<String> {
    read(content).unwrap().entries.iter().map(|entry| entry.net.to_string()).collect()
}

#[test]
fn a_list_has_a_prefix_a_line_and_comments() {
    let list = "# offices\n192.0.2.0/24\n\n  2001:db8::/32   # both\n198.51.100.7\r\n";
    assert_eq!(prefixes(list), ["192.0.2.0/24", "2001:db8::/32", "198.51.100.7/32"]);
    assert_eq!(read(list).unwrap().file.created, None);
}

#[test]
fn json_is_told_from_a_list_by_its_first_byte() {
    let json = r#"{"prefixes": [{"ipv4Prefix": "192.0.2.0/27"}, {"ipv6Prefix": "2001:db8::/64"}]}"#;
    for before in ["", " ", "\n\t\r\n", "\u{feff}", "\u{feff}\n"] {
        assert_eq!(prefixes(&format!("{before}{json}")), ["192.0.2.0/27", "2001:db8::/64"], "{before:?}");
    }
}

#[test]
fn a_list_may_begin_with_a_byte_order_mark() {
    assert_eq!(prefixes("\u{feff}192.0.2.0/24\n"), ["192.0.2.0/24"]);
}

#[test]
fn what_publishers_add_to_the_json_is_passed_over() {
    let json = r#"{
        "syncToken": "1732633563000", "contact": {"url": ["https://example.org"]},
        "prefixes": [{"ipv4Prefix": "192.0.2.0\/27", "service": "crawler", "scope": null}],
        "ipv6_prefixes": []
    }"#;
    assert_eq!(prefixes(json), ["192.0.2.0/27"]);
}

#[test]
fn an_entry_of_json_may_have_both_families() {
    let json = r#"{"prefixes": [{"ipv4Prefix": "192.0.2.0/27", "ipv6Prefix": "2001:db8::/64"}]}"#;
    assert_eq!(prefixes(json), ["192.0.2.0/27", "2001:db8::/64"]);
}

#[test]
fn the_time_of_creation_is_utc_where_it_has_no_offset() {
    for (time, expected) in [
        (r#""2024-11-26T15:46:03.000000""#, Some("2024-11-26T15:46:03Z")),
        (r#""2024-11-26T15:46:03Z""#, Some("2024-11-26T15:46:03Z")),
        (r#""2024-11-26T15:46:03+02:00""#, Some("2024-11-26T13:46:03Z")),
        (r#""2024-11-26""#, Some("2024-11-26T00:00:00Z")),
        (r#""last Tuesday""#, None),
        ("1732635963", None),
        ("null", None),
    ] {
        let json = format!(r#"{{"creationTime": {time}, "prefixes": [{{"ipv4Prefix": "192.0.2.0/27"}}]}}"#);
        let created = read(&json).unwrap().file.created.map(|time| time.to_string());
        assert_eq!(created.as_deref(), expected, "{time}");
    }
}

#[test]
fn says_where_a_file_breaks() {
    for (content, expected) in [
        ("", "ranges: lists no prefix"),
        ("# none today\n", "ranges: lists no prefix"),
        ("192.0.2.0/24\nnowhere\n", "ranges:2: \"nowhere\" is not a prefix; expected"),
        ("[\"192.0.2.0/24\"]", "ranges:1: \"[\"192.0.2.0/24\"]\" is not a prefix; expected"),
        ("{\"prefixes\": [\n", "ranges:2: EOF while parsing a list"),
        ("{}", "ranges: the key \"prefixes\" is missing"),
        ("{\"prefixes\": []}", "ranges: prefixes: lists no prefix"),
        ("{\"prefixes\": [{}]}", "ranges: prefixes[0]: has neither ipv4Prefix nor ipv6Prefix"),
        ("{\"prefixes\": [\n\"192.0.2.0/24\"]}", "ranges:2: invalid type: string \"192.0.2.0/24\""),
        ("{\"prefixes\": [{\"ipv4Prefix\": 7}]}", "ranges:1: invalid type: integer `7`"),
    ] {
        let told = read(content).unwrap_err();
        assert!(told.starts_with(expected), "{content}: {told}");
    }
    let told =
        read("{\"prefixes\": [{\"ipv4Prefix\": \"192.0.2.0/24\"}, {\"ipv6Prefix\": \"192.0.2.0/24\"}]}");
    assert_eq!(told.unwrap_err(), "ranges: prefixes[1].ipv6Prefix: \"192.0.2.0/24\" is not an IPv6 prefix");
}

#[test]
fn a_file_has_at_most_a_million_prefixes() {
    let net = "192.0.2.0/24".parse().unwrap();
    let mut entries = vec![Entry { net, place: 1 }; MAX_PREFIXES - 1];
    assert!(push(&mut entries, net, 1).is_ok());
    assert_eq!(push(&mut entries, net, 1).unwrap_err().message, "more than 1000000 prefixes");
    assert_eq!(entries.len(), MAX_PREFIXES);
}
