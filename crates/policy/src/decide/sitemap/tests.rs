use proptest::prelude::*;
use serde_saphyr::{Location, Spanned};

use super::*;
use crate::error::Problems;

/// The shipped paths.
const PATHS: [&str; 2] = ["/sitemap*.xml", "/w/rest.php/site/v1/sitemap/*"];

fn spanned<T>(value: T) -> Spanned<T> {
    Spanned::new(value, Location::UNKNOWN, Location::UNKNOWN)
}

fn sitemaps_of(paths: &[&str]) -> Sitemaps {
    let mut problems = Problems::default();
    let mut compiler = Compiler { file: "policy.yaml".as_ref(), problems: &mut problems };
    let paths = paths.iter().map(|path| spanned((*path).to_owned())).collect();
    let sitemaps = Sitemaps::compile(&SitemapsDocument { paths, tiers: None, shadow: false }, &mut compiler);
    problems.into_result(Some(sitemaps)).unwrap()
}

fn is_sitemap(path: &str) -> bool {
    sitemaps_of(&PATHS).is_sitemap_as_sent(path.as_bytes())
}

#[test]
fn the_paths_of_the_policy_are_sitemaps() {
    for path in [
        "/sitemap.xml",
        "/sitemap-enwiki-NS_0-12.xml",
        "/sitemap/index.xml",
        "/w/rest.php/site/v1/sitemap/0",
        "/w/rest.php/site/v1/sitemap/0/page/3",
        "/w/rest.php/site/v1/sitemap/",
        "/w/rest.php/site/v1/sitemap",
    ] {
        assert!(is_sitemap(path), "{path}");
    }
}

#[test]
fn other_paths_are_none() {
    for path in [
        "/",
        "",
        "/robots.txt",
        "/wiki/Sitemap",
        "/wiki/sitemap.xml",
        "/x//y/sitemap.xml",
        "/wiki/Sitemap.xml_(disambiguation)",
        "/sitemap",
        "/sitemap.xmlish",
        "/sitemap-of-london",
        "/w/rest.php/v1/page/Sitemap",
        "/w/rest.php/site/v1/sitemaps",
        "/w/index.php",
        "/wiki/AC%2FDC",
        "/wiki/...And_Justice_for_All",
        "/wiki/Wait..what/sitemap.xml",
        "/wiki/100%25",
        "/wiki/../w/load.php",
        "/xsitemap.xml",
    ] {
        assert!(!is_sitemap(path), "{path}");
    }
}

#[test]
fn slashes_more_or_less_make_no_difference() {
    for path in [
        "//sitemap.xml",
        "///sitemap.xml",
        "//www.example.org/sitemap.xml",
        "//x/sitemap.xml;v=1",
        "/\\x/sitemap.xml",
        "/sitemap.xml/",
        "/sitemap.xml//",
        "/sitemap.xml/x",
        "/w/rest.php//site/v1/sitemap/0",
        "/w//rest.php/site///v1/sitemap//0",
        "\\sitemap.xml",
        "\\\\sitemap.xml",
        "/w\\rest.php\\site/v1/sitemap/0",
        "/%5Csitemap.xml",
        "/%2Fsitemap.xml",
        "/w%2frest.php%2Fsite/v1/sitemap/0",
        "/w/rest.php/site/v1%2Fsitemap%2F0",
    ] {
        assert!(is_sitemap(path), "{path}");
    }
}

#[test]
fn escapes_make_no_difference_also_twice() {
    for path in [
        "/%73itemap.xml",
        "/sitemap%2exml",
        "/sitemap%2Exml",
        "/%73%69%74%65%6D%61%70.%78%6d%6C",
        "/%2573itemap.xml",
        "/sitemap%252exml",
        "/%252573itemap.xml",
        "/%25%37%33itemap.xml",
        "/w/%72est.php/site/v1/sitemap/0",
    ] {
        assert!(is_sitemap(path), "{path}");
    }
}

#[test]
fn case_makes_no_difference_since_some_origins_keep_none() {
    for path in ["/SITEMAP.XML", "/Sitemap.xml", "/W/REST.php/Site/V1/Sitemap/0", "/%53ITEMAP.xml"] {
        assert!(is_sitemap(path), "{path}");
    }
}

#[test]
fn dot_segments_make_no_difference_in_whichever_order_they_are_removed() {
    for path in [
        "/./sitemap.xml",
        "/.//./sitemap.xml",
        "/%2e/sitemap.xml",
        "/%252e/sitemap.xml",
        "/x/../sitemap.xml",
        "/x/%2e%2e/sitemap.xml",
        "/x/%252e%252e/sitemap.xml",
        "/../sitemap.xml",
        "/../../sitemap.xml",
        "/x\\..\\sitemap.xml",
        "/x%2f..%2fsitemap.xml",
        "/x/..;/sitemap.xml",
        "/x/..%00/sitemap.xml",
        "/w/rest.php/x/../site/v1/sitemap/0",
        // An origin that keeps empty segments takes away one of them.
        "/w/rest.php/site//../v1/sitemap/0",
        // One that does not decode the slash takes away the whole segment.
        "/w/rest.php/a%2Fb/../site/v1/sitemap/0",
        // One that knows no parameters takes away `..;`.
        "/w/rest.php/..;/../site/v1/sitemap/0",
        "/sitemap/../sitemap.xml",
    ] {
        assert!(is_sitemap(path), "{path}");
    }
}

#[test]
fn what_an_origin_may_cut_off_makes_no_difference() {
    for path in [
        "/sitemap.xml;jsessionid=1",
        "/sitemap.xml;jsessionid=1/",
        "/sitemap;v=1.xml",
        "/sitemap;v=1/.xml",
        "/w;v=1/rest.php;v=2/site/v1/sitemap/0",
        "/;v=1/sitemap.xml",
        "/.;v=1/sitemap.xml",
        "/sitemap.xml%00",
        "/sitemap.xml%00.jpg",
        "/sitemap.xml%20",
        "/sitemap.xml.",
        "/sitemap.xml.gz",
        "/sitemap.xml%3Fa=b",
        "/sitemap.xml%23a",
        "/sitemap.xml::$DATA",
    ] {
        assert!(is_sitemap(path), "{path}");
    }
}

#[test]
fn a_target_in_absolute_form_is_its_path() {
    for path in ["http://example.org/sitemap.xml", "https://example.org//sitemap.xml", "x://\\sitemap.xml"] {
        assert!(is_sitemap(path), "{path}");
    }
    assert!(!is_sitemap("http://example.org/") && !is_sitemap("http://sitemap.xml"));
}

#[test]
fn a_path_without_a_star_is_one_path() {
    let sitemaps = sitemaps_of(&["/sitemap_index.xml"]);
    let is_sitemap = |path: &str| sitemaps.is_sitemap_as_sent(path.as_bytes());
    assert!(is_sitemap("/sitemap_index.xml") && is_sitemap("/a/../Sitemap_Index.xml/"));
    assert!(
        !is_sitemap("/sitemap.xml") && !is_sitemap("/sitemap_index.xml1") && !is_sitemap("/a/../sitemap.xml")
    );
}

#[test]
fn known_crawlers_and_people_who_are_logged_in_are_let_in() {
    let sitemaps = sitemaps_of(&PATHS);
    assert!([Tier::A, Tier::B, Tier::C].into_iter().all(|tier| sitemaps.lets_in(tier)));
    assert!(![Tier::D, Tier::E, Tier::F].into_iter().any(|tier| sitemaps.lets_in(tier)));
}

/// One byte, as it is or in one of the ways to write it.
fn disguised(byte: u8) -> impl Strategy<Value = String> {
    let plain = char::from(byte);
    let escaped = format!("%{byte:02x}");
    let twice = format!("%25{byte:02X}");
    prop_oneof![
        4 => Just(plain.to_string()),
        1 => Just(plain.to_ascii_uppercase().to_string()),
        1 => Just(escaped),
        1 => Just(twice),
    ]
}

/// A slash and what may stand around it.
fn slash() -> impl Strategy<Value = String> {
    let steps =
        ["/", "//", "/./", "\\", "%2F", "%5c", "/%2e/", "/x/../", "/a//../../", ";v=1/", "/.;v/", "%252f"];
    prop::sample::select(steps.to_vec()).prop_map(str::to_owned)
}

fn disguise(path: &'static str) -> impl Strategy<Value = String> {
    let bytes: Vec<BoxedStrategy<String>> = path
        .bytes()
        .map(|byte| if byte == b'/' { slash().boxed() } else { disguised(byte).boxed() })
        .collect();
    // A target begins with a slash, not with a parameter.
    bytes.prop_map(|parts| parts.concat().trim_start_matches(";v=1").to_owned())
}

proptest! {
    #[test]
    fn no_disguise_hides_a_sitemap(
        path in prop::sample::select(vec!["/sitemap.xml", "/sitemap-12.xml", "/w/rest.php/site/v1/sitemap/0"])
            .prop_flat_map(disguise),
        after in prop::sample::select(vec!["", "/", ";a=b", "%00", "%20", ".gz"]),
    ) {
        let path = path + after;
        prop_assert!(is_sitemap(&path), "{}", path);
    }

    #[test]
    fn any_path_has_an_answer(path in prop::collection::vec(any::<u8>(), 0..200)) {
        let sitemaps = sitemaps_of(&PATHS);
        let _ = sitemaps.is_sitemap_as_sent(&path);
    }
}
