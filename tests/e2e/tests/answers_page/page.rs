//! The page: its printed parts, and answers as they stand in it.

use e2e::Answer;
use serde_json::Value;

/// The page with what stands between the marks of each part replaced.
pub fn with_parts(page: &str, parts: &[(&str, String)]) -> String {
    parts.iter().fold(page.to_owned(), |page, (name, text)| {
        let begin = format!("<!-- printed by tests/e2e/tests/answers_page: {name} -->\n");
        let (before, rest) = page.split_once(&begin).unwrap_or_else(|| panic!("no mark {begin}"));
        let (_, after) = rest.split_once("<!-- end -->").unwrap_or_else(|| panic!("no end of {name}"));
        format!("{before}{begin}\n{}\n\n<!-- end -->{after}", text.trim_end())
    })
}

/// Status, header fields and body.
pub fn whole(answer: &Answer) -> String {
    let headers = answer.headers.iter().map(|(name, value)| format!("{name}: {value}\n"));
    let body = match answer.header("content-type") {
        Some("application/problem+json") => broken_into_lines(&answer.text()),
        _ => answer.text(),
    };
    format!("HTTP/1.1 {}\n{}\n{body}", answer.status, headers.collect::<String>())
}

/// JSON with a line for each member of the outermost object, in the order in which it was sent.
fn broken_into_lines(json: &str) -> String {
    let (mut lines, mut depth, mut in_string, mut is_escaped) = (String::new(), 0, false, false);
    for character in json.trim().chars() {
        let (opens, closes) = (!in_string && character == '{', !in_string && character == '}');
        depth -= usize::from(closes);
        if closes && depth == 0 {
            lines.push('\n');
        }
        lines.push(character);
        depth += usize::from(opens);
        if !in_string && depth == 1 && matches!(character, '{' | ',') {
            lines.push_str("\n  ");
        }
        in_string ^= character == '"' && !is_escaped;
        is_escaped = character == '\\' && !is_escaped;
    }
    let parse = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    assert_eq!(parse(&lines), parse(json));
    lines + "\n"
}

/// What a page says, in its order: title, headings, paragraphs, and the facts at its end.
pub fn outline(html: &str) -> String {
    let (_, mut rest) = html.split_once("<head>").unwrap();
    let mut lines = String::new();
    while let Some((_, element)) = rest.split_once('<') {
        let (tag, after) = element.split_once('>').unwrap();
        rest = after;
        let name = tag.split(' ').next().unwrap();
        if ["title", "h1", "h2", "p", "dt", "dd"].contains(&name) {
            let (content, after) = after.split_once(&format!("</{name}>")).unwrap();
            lines.push_str(&format!("{name:5}  {}\n", without_markup(content)));
            rest = after;
        }
    }
    lines
}

/// The text of an element. What is a block of its own within a sentence stands apart.
fn without_markup(content: &str) -> String {
    let content = content.replace("<code class=\"agent\">", " ");
    let text: String =
        content.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect();
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    let text = entities.iter().fold(text, |text, (entity, character)| text.replace(entity, character));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
