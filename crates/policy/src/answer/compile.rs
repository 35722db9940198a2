use serde_saphyr::Spanned;

use super::texts::{Link, Texts};
use crate::compile::Compiler;
use crate::document::{ErrorLinkDocument, ErrorsDocument};
use crate::facts::PathPattern;

/// Most further links: the page has to fit on a screen, and into a frame of SPOP.
const MAX_LINKS: usize = 8;
/// Most characters of a text or a URL.
const MAX_CHARACTERS: usize = 100;

impl Texts {
    pub(crate) fn compile(section: &ErrorsDocument, compiler: &mut Compiler<'_>) -> Self {
        let title = section.title.as_ref().map(|title| compile_text(title, "errors.title", compiler));
        if let Some(link) = section.links.get(MAX_LINKS) {
            compiler
                .note(
                    &link.text,
                    "errors.links",
                    format!("{} links; expected at most {MAX_LINKS}", section.links.len()),
                )
                .hint("put the others on the page that contact.url names");
        }
        let links = section.links.iter().enumerate().map(|(n, link)| compile_link(n, link, compiler));
        let links = links.collect();
        let json_paths = PathPattern::compile_all(
            &section.json_paths,
            "errors.json_paths",
            compiler,
            PathPattern::compile,
        );
        Self { title, links, json_paths }
    }
}

fn compile_link(n: usize, link: &ErrorLinkDocument, compiler: &mut Compiler<'_>) -> Link {
    Link {
        text: compile_text(&link.text, &format!("errors.links[{n}].text"), compiler),
        url: compile_url(&link.url, &format!("errors.links[{n}].url"), compiler),
    }
}

/// A text that is shown on one line.
fn compile_text(text: &Spanned<String>, key: &str, compiler: &mut Compiler<'_>) -> Box<str> {
    if text.value.trim().is_empty() {
        compiler.note(text, key, "an empty text shows nothing; expected 1 to 100 characters");
    }
    if text.value.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
        compiler
            .note(text, key, "a control character, such as the end of a line, has no place in an answer")
            .hint("write the text on one line");
    }
    check_length(text, key, compiler);
    text.value.as_str().into()
}

fn compile_url(url: &Spanned<String>, key: &str, compiler: &mut Compiler<'_>) -> Box<str> {
    let is_http = url.value.starts_with("https://") || url.value.starts_with("http://");
    if !is_http || url.value.chars().any(|c| c.is_control() || c.is_whitespace()) {
        compiler
            .note(url, key, format!("\"{}\" is not an http or https URL", url.value.escape_debug()))
            .hint("write the whole URL: https://example.org/help");
    }
    check_length(url, key, compiler);
    url.value.as_str().into()
}

fn check_length(text: &Spanned<String>, key: &str, compiler: &mut Compiler<'_>) {
    let length = text.value.chars().count();
    if length > MAX_CHARACTERS {
        compiler.note(text, key, format!("{length} characters; expected at most {MAX_CHARACTERS}"));
    }
}
