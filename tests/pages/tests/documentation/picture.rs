//! docs/demo.svg shows what the demo prints.

use e2e::Case;
use pages::{read, repository};

/// What is printed besides the table.
const OTHERS: [&str; 4] = ["$ make demo", "request", "A limit: ", "The agent is killed: "];

#[test]
fn the_picture_shows_requests_that_the_demo_makes_with_their_status() {
    let cases = Case::read(&repository().join("tests/e2e/requests.jsonl")).unwrap();
    let svg = read("docs/demo.svg").unwrap();
    let mut rows = 0;
    let lines: Vec<_> = svg.lines().collect();
    for pair in lines.windows(2) {
        let Some(name) = words(pair[0], "<text x=\"18\"")
            .filter(|name| !OTHERS.iter().any(|other| name.starts_with(other)))
        else {
            continue;
        };
        let case = cases.iter().find(|case| case.name == name);
        let case = case.unwrap_or_else(|| panic!("the demo asks no {name:?}: run scripts/demo-picture"));
        assert_eq!(
            words(pair[1], "<text "),
            Some(case.expect.status.to_string()),
            "{name}: run scripts/demo-picture"
        );
        rows += 1;
    }
    assert!(rows > 10, "{rows} rows");
}

fn words(line: &str, begin: &str) -> Option<String> {
    let (_, rest) = line.strip_prefix(begin)?.split_once('>')?;
    let words = rest.strip_suffix("</text>")?;
    Some(words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
}
