//! `docs/answers.md` shows what the chain really answers. `UPDATE=1 cargo test -p e2e --test answers_page` writes its printed parts
//! anew: read the difference before you commit it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "in the functions of a test too, a panic is the report"
)]

mod page;
mod rows;

use e2e::ask::{CURL, NAVIGATION};
use e2e::chain::repository;
use e2e::{Ask, Chain, Setup};
use page::{outline, whole, with_parts};
use rows::{Asked, MEDIAWIKI, Row, address};

/// A request in words, and what came of it.
type Shown = (&'static str, Asked);

#[test]
fn the_page_shows_what_is_really_answered() {
    let mut chain = Chain::start(&Setup::edge("answers.yaml").at("2025-08-26").patient()).unwrap();
    let mut shown = verdicts(&chain);
    let examples = examples(&chain);
    chain.start_agent(&["--clock", "2025-09-02"]).unwrap();
    shown.push(("`MediaWiki/1.43.0`, a week later", Row::of(Ask::new(address(60), MEDIAWIKI)).ask(&chain)));
    drop(chain);
    shown.extend(without_verdict());

    let table: Vec<_> =
        shown.iter().map(|(what, asked)| format!("| {what} | {} |\n", asked.cells())).collect();
    let head = "| request | status | in HAProxy's log | headers |\n|---|---|---|---|\n";
    let file = repository().join("docs/answers.md");
    let page = std::fs::read_to_string(&file).unwrap();
    let printed = with_parts(&page, &[("table", head.to_owned() + &table.concat()), ("examples", examples)]);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&file, &printed).unwrap();
    }
    assert!(page == printed || std::env::var_os("UPDATE").is_some(), "{}", difference(&page, &printed));
}

/// The cases that the rules decide, each from an address of its own.
fn verdicts(chain: &Chain) -> Vec<Shown> {
    let (curl, browser) = (Ask::new(address(1), CURL), Ask::browser(address(2)));
    let leave = [("Origin", "https://tool.example.net"), ("Access-Control-Request-Method", "GET")];
    let json = [("Accept", "application/json")];
    let rows = [
        ("no user agent", Row::of(Ask::nobody(address(3)))),
        ("`python-requests/2.31.0`", Row::of(Ask::library(address(4)))),
        (
            "the same, with `Accept: application/json`",
            Row::of(Ask { headers: &json, ..Ask::library(address(4)) }),
        ),
        ("the same, to `/w/api.php`", Row::of(Ask { target: "/w/api.php", ..Ask::library(address(4)) })),
        ("the same, to `/keys/7`: exempt", Row::of(Ask { target: "/keys/7", ..Ask::library(address(5)) })),
        ("the same, to `/robots.txt`", Row::of(Ask { target: "/robots.txt", ..Ask::library(address(5)) })),
        (
            "the same, a CORS preflight",
            Row::of(Ask { method: "OPTIONS", headers: &leave, ..Ask::library(address(6)) }),
        ),
        ("`curl/8.5.0`, the second in a second", Row::second(curl)),
        ("`MediaWiki/1.43.0`, which will be refused in six days", Row::of(Ask::new(address(7), MEDIAWIKI))),
        ("the same, the second in a second", Row::second(Ask::new(address(7), MEDIAWIKI))),
        ("a browser", Row::of(Ask::browser(address(8)))),
        ("the same, the second in a second", Row::second(browser)),
        (
            "`MapTool/2.1 (maps@example.com)`, the second of its machines in a second",
            Row::second_machine(Ask::new(address(9), "MapTool/2.1 (maps@example.com)")),
        ),
        ("a browser from a network known for abuse", Row::of(Ask::browser([198, 51, 100, 1]))),
        ("a browser from a network in shadow", Row::of(Ask::browser([192, 0, 2, 1]))),
    ];
    rows.map(|(what, row)| (what, row.ask(chain))).into()
}

/// Without the agent, and with a message that does not fit into its frame.
fn without_verdict() -> [Shown; 3] {
    let mut chain = Chain::start(&Setup::edge("answers.yaml").max_frame_size(2048)).unwrap();
    let filler = "f".repeat(4_000);
    let large = Row::of(Ask { headers: &[("X-Filler", &filler)], ..Ask::library(address(61)) }).ask(&chain);
    // On a machine that stands still HAProxy takes the agent out, which is another case.
    let (slow, many) = (62..70)
        .step_by(2)
        .find_map(|case| {
            chain.pause_agent().unwrap();
            let slow = Row::of(Ask::library(address(case))).ask(&chain);
            let many = Row::beyond_the_fallback(Ask::library(address(case + 1))).ask(&chain);
            chain.resume_agent().unwrap();
            (slow.is_timeout() && many.is_timeout()).then_some((slow, many))
        })
        .unwrap();
    [
        ("any, while the agent does not answer", slow),
        ("the same, beyond HAProxy's own limit", many),
        ("headers that do not fit into a frame", large),
    ]
}

/// Whole answers: text, JSON, and what a page says.
fn examples(chain: &Chain) -> String {
    let origin = [("Accept", "application/json"), ("Origin", "https://tool.example.net")];
    let limited = |headers| Row::second(Ask { headers, ..Ask::new(address(40), CURL) }).ask(chain).answer;
    let refused = Row::of(Ask::library(address(41))).ask(chain).answer;
    let page = limited(&[("Accept", NAVIGATION)]);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    let say = |what: &str, language: &str, text: String| format!("{what}:\n\n```{language}\n{text}```\n\n");
    let asked_by_a_script =
        "The same, asked for by a script of another site with `Accept: application/json` (line breaks added)";
    [
        say("`python-requests/2.31.0`, no `Accept`", "text", whole(&refused)),
        say("`curl/8.5.0`, the second request in a second, text", "text", whole(&limited(&[]))),
        say(asked_by_a_script, "http", whole(&limited(&origin))),
        say("The same for a person, of which the page says", "text", outline(&page.text())),
    ]
    .concat()
}

/// The first line that differs.
fn difference(page: &str, printed: &str) -> String {
    let differs = page.lines().zip(printed.lines()).find(|(page, printed)| page != printed);
    let (page, printed) = differs.unwrap_or(("the end", "the end"));
    format!("docs/answers.md says\n  {page}\nwhere this was printed\n  {printed}\nhint: UPDATE=1 rewrites it")
}
