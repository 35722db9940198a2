use proptest::prelude::*;

use super::*;
use MediaType::{Html, ProblemJson as Json, Text};

/// Who sends it, `Accept`, and the media type where nobody knows of the path and where programs ask.
type Row = (&'static str, Option<&'static str>, MediaType, MediaType);

#[track_caller]
fn check(rows: &[Row]) {
    for (who, accept, elsewhere, on_program_path) in rows {
        let accept = accept.map(str::as_bytes);
        assert_eq!(negotiate(accept, false), *elsewhere, "{who}");
        assert_eq!(negotiate(accept, true), *on_program_path, "{who}, where programs ask");
    }
}

#[test]
fn browsers_get_a_page_when_they_navigate() {
    check(&[
        (
            "Chrome",
            Some(
                "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,\
                 application/signed-exchange;v=b3;q=0.7",
            ),
            Html,
            Html,
        ),
        ("Firefox", Some("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"), Html, Html),
        (
            "Firefox up to 131",
            Some(
                "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/png,\
                 image/svg+xml,*/*;q=0.8",
            ),
            Html,
            Html,
        ),
        ("Safari", Some("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"), Html, Html),
        ("Internet Explorer 9", Some("text/html, application/xhtml+xml, */*"), Html, Html),
        ("Lynx", Some("text/html, text/plain, text/sgml, text/css, */*;q=0.01"), Html, Html),
        ("w3m", Some("text/html, text/*;q=0.5, image/*, */*"), Html, Html),
    ]);
}

#[test]
fn what_a_browser_loads_for_a_page_leaves_it_open() {
    check(&[
        (
            "Chrome, image",
            Some("image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"),
            Text,
            Json,
        ),
        (
            "Firefox, image",
            Some("image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"),
            Text,
            Json,
        ),
        ("Chrome of the first days of AVIF, image", Some("image/avif,image/webp,*/*;q=0.8"), Text, Json),
        (
            "Firefox, video",
            Some("video/webm,video/ogg,video/*;q=0.9,application/ogg;q=0.7,audio/*;q=0.6,*/*;q=0.5"),
            Text,
            Json,
        ),
        ("Chrome, video and fetch", Some("*/*"), Text, Json),
        ("Chrome, style sheet", Some("text/css,*/*;q=0.1"), Text, Json),
        (
            "Safari, image",
            Some(
                "image/webp,image/avif,image/jxl,image/heic,image/heic-sequence,video/*;q=0.8,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5",
            ),
            Text,
            Json,
        ),
        ("EventSource", Some("text/event-stream"), Text, Json),
    ]);
}

#[test]
fn programs_get_what_they_name() {
    check(&[
        ("axios", Some("application/json, text/plain, */*"), Json, Json),
        ("jQuery, json", Some("application/json, text/javascript, */*; q=0.01"), Json, Json),
        ("jQuery, html", Some("text/html, */*; q=0.01"), Html, Html),
        ("jQuery, text", Some("text/plain, */*; q=0.01"), Text, Text),
        ("superagent", Some("application/json"), Json, Json),
        ("SPARQL client", Some("application/sparql-results+json"), Json, Json),
        (
            "SPARQLWrapper",
            Some("application/sparql-results+json,application/json,text/javascript,application/javascript"),
            Json,
            Json,
        ),
        (
            "rdflib",
            Some(
                "application/rdf+xml,text/rdf+n3;q=0.9,application/xhtml+xml;q=0.5,application/ld+json;q=0.8, */*;q=0.1",
            ),
            Json,
            Json,
        ),
        ("Wikidata Toolkit, as OpenRefine embeds it", Some("application/json"), Json, Json),
        ("GitHub client", Some("application/vnd.github+json"), Json, Json),
        ("problem details", Some("application/problem+json"), Json, Json),
        (
            "HttpURLConnection of Java, whose lone * and q=.2 are no ranges",
            Some("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"),
            Html,
            Html,
        ),
    ]);
}

#[test]
fn programs_that_name_nothing_leave_it_open() {
    check(&[
        ("okhttp, Go, Python-urllib", None, Text, Json),
        ("curl, python-requests, Wget, aiohttp", Some("*/*"), Text, Json),
        ("present and empty", Some(""), Text, Json),
        (
            "feed reader",
            Some(
                "application/rss+xml, application/rdf+xml;q=0.8, application/atom+xml;q=0.6, application/xml;q=0.4, text/xml;q=0.4",
            ),
            Text,
            Json,
        ),
        (
            "feed reader, with anything",
            Some("application/atom+xml,application/rss+xml;q=0.9,*/*;q=0.1"),
            Text,
            Json,
        ),
        ("map tiles", Some("image/png"), Text, Json),
    ]);
}

#[test]
fn weights_decide_before_order() {
    check(&[
        ("lower first", Some("text/html;q=0.5, application/json;q=0.9"), Json, Json),
        ("three decimals", Some("text/html;q=0.899,application/json;q=0.9,text/plain;q=0.901"), Text, Text),
        ("upper case", Some("TEXT/HTML;Q=0.1, Application/JSON"), Json, Json),
        ("white space", Some(" \ttext/html ;\t q=0.1 ,\tapplication/json ; q=0.2\t"), Json, Json),
        ("among equals the first", Some("text/plain, text/html, application/json"), Text, Text),
        ("anything is liked better", Some("*/*, text/html;q=0.1"), Text, Json),
        ("a name beats what anything lets in", Some("*/*, text/html"), Html, Html),
        ("other parameters", Some("text/html;level=1;q=0.4, text/plain;format=flowed;q=0.5"), Text, Text),
        (
            "a comma and a q in a quoted string",
            Some("text/html;a=\"b,c\\\";q=0\";q=0.3, text/plain;q=0.2"),
            Html,
            Html,
        ),
        (
            "the best name of a medium",
            Some("application/json;q=0.1, text/html;q=0.5, application/ld+json;q=0.6"),
            Json,
            Json,
        ),
    ]);
}

#[test]
fn the_most_specific_range_counts() {
    check(&[
        ("a whole type", Some("text/*"), Text, Text),
        ("a whole type of programs", Some("application/*"), Json, Json),
        ("but for one", Some("text/*, text/plain;q=0.3"), Html, Html),
        ("an exception from anything", Some("text/plain;q=0, */*"), Json, Json),
        ("an exception for programs", Some("application/json;q=0, */*;q=0.1"), Text, Text),
        ("a page unless it must be", Some("text/html;q=0, text/*;q=0.7, application/*;q=0.6"), Text, Text),
    ]);
}

#[test]
fn a_refusal_of_everything_is_answered_all_the_same() {
    check(&[
        ("nothing", Some("*/*;q=0"), Text, Json),
        ("no text, and nothing named", Some("text/plain;q=0"), Json, Json),
        ("all three by name", Some("text/html;q=0,text/plain;q=0.0,application/json;q=0.000"), Text, Json),
    ]);
}

#[test]
fn malformed_parts_are_passed_over() {
    check(&[
        ("no slash", Some("html, application/json;q=0.1"), Json, Json),
        ("no subtype", Some("text/, application/json;q=0.1"), Json, Json),
        ("any type of one subtype", Some("*/html, application/json;q=0.1"), Json, Json),
        ("a weight above one", Some("text/html;q=1.5, text/plain;q=0.1"), Text, Text),
        ("a weight above one by little", Some("text/html;q=1.001, text/plain;q=0.1"), Text, Text),
        ("a weight with four decimals", Some("text/html;q=0.9999, text/plain;q=0.1"), Text, Text),
        ("a weight without a digit before the point", Some("text/html;q=.9, text/plain;q=0.1"), Text, Text),
        ("a weight that is none", Some("text/html;q=high, text/plain;q=0.1"), Text, Text),
        ("an empty weight", Some("text/html;q=, text/plain;q=0.1"), Text, Text),
        ("empty elements", Some(",,, ,application/json,,"), Json, Json),
        ("a space in a name", Some("text/ html, application/json"), Json, Json),
        ("a suffix without a name", Some("application/+json"), Text, Json),
        ("a string without end", Some("text/html;a=\"b, text/plain"), Html, Html),
        ("a name in another's parameter", Some("image/png;a=text/html"), Text, Json),
    ]);
}

#[test]
fn a_thousand_ranges_are_read_to_the_end() {
    let accept = "image/png;q=0.1,".repeat(1000) + "text/html";
    assert_eq!(negotiate(Some(accept.as_bytes()), false), Html);
}

proptest! {
    #[test]
    fn any_bytes_get_an_answer_and_a_page_only_who_names_it(accept: Vec<u8>) {
        let media = negotiate(Some(&accept), false);
        let named = accept.to_ascii_lowercase().windows(4).any(|four| four == b"html" || four == b"text");
        prop_assert!(media != Html || named);
    }

    #[test]
    fn white_space_and_case_change_nothing(ranges in proptest::collection::vec(
        prop_oneof!["text/(html|plain|\\*)", "application/(json|xhtml\\+xml|\\*)", "\\*/\\*"], 0..6
    ), quality in 0..=9_u8) {
        let tight = ranges.iter().map(|range| format!("{range};q=0.{quality}")).collect::<Vec<_>>().join(",");
        let loose = ranges.iter().map(|range| format!(" {}\t; Q=0.{quality} ", range.to_uppercase())).collect::<Vec<_>>().join(" ,");
        prop_assert_eq!(negotiate(Some(tight.as_bytes()), false), negotiate(Some(loose.as_bytes()), false));
    }
}
