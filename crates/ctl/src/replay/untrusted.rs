//! Text that a client chose, before it reaches a terminal or a page.

/// Longest text that is shown, in characters.
const MAX_CHARACTERS: usize = 200;

/// As text that stays on its line and moves nothing: control characters, what is invisible or changes direction, and bytes that
/// are no UTF-8 are written as escapes. Long ones are cut.
pub(super) fn shown(bytes: &[u8]) -> String {
    let mut text = String::new();
    let mut length = 0_usize;
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '"' | '\'' => text.push(c),
                _ => text.extend(c.escape_debug()),
            }
            length = length.saturating_add(1);
            if length == MAX_CHARACTERS {
                text.push('…');
                return text;
            }
        }
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    text
}

/// A line that could not be read, without what may be secret in it: queries, captures, and runs of letters and digits as long as
/// tokens. What is in JSON may have a token anywhere and is not shown at all.
pub(super) fn shown_line(line: &[u8]) -> String {
    if line.trim_ascii_start().starts_with(b"{") {
        return "(JSON is not shown: it may hold cookies)".to_owned();
    }
    /// Longer than any word, shorter than any token.
    const RUN: usize = 24;
    /// Enough to recognise a line by.
    const SHOWN_BYTES: usize = 1_000;
    let line = line.get(..SHOWN_BYTES).unwrap_or(line);
    let mut kept = Vec::new();
    let mut rest = line;
    while let [first, after @ ..] = rest {
        let until = |ends: &[u8]| rest.iter().position(|byte| ends.contains(byte)).unwrap_or(rest.len());
        let (hidden, mark): (usize, &[u8]) = match first {
            b'?' => (until(b" \"'"), "?…".as_bytes()),
            b'{' => (until(b"}"), "{…".as_bytes()),
            byte if is_of_token(*byte) => {
                let run = rest.iter().position(|byte| !is_of_token(*byte)).unwrap_or(rest.len());
                let (word, left) = rest.split_at_checked(run).unwrap_or_default();
                kept.extend_from_slice(if run < RUN { word } else { "…".as_bytes() });
                rest = left;
                continue;
            }
            byte => {
                kept.push(*byte);
                rest = after;
                continue;
            }
        };
        kept.extend_from_slice(mark);
        rest = rest.get(hidden..).unwrap_or_default();
    }
    shown(&kept)
}

fn is_of_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'+' | b'=' | b'~' | b'%')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_moves_the_cursor_or_turns_the_text_around() {
        assert_eq!(shown(b"\x1b[2Jcurl\r\n\t\x07"), r"\u{1b}[2Jcurl\r\n\t\u{7}");
        assert_eq!(shown("a\u{202e}b\u{200b}".as_bytes()), r"a\u{202e}b\u{200b}");
        assert_eq!(shown(b"caf\xe9 \"x\""), r#"caf\xe9 "x""#);
        assert_eq!(shown("Zürich 東京".as_bytes()), "Zürich 東京");
        assert_eq!(shown(&[b'x'; 500]).chars().count(), MAX_CHARACTERS + 1);
    }

    #[test]
    fn a_line_is_shown_without_its_secrets() {
        let line = br#"- [x] "GET /a?token=s3cret HTTP/1.1" {Bearer abc|x} eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig end"#;
        assert_eq!(shown_line(line), "- [x] \"GET /a?… HTTP/1.1\" {…} … end");
        assert!(!shown_line(br#"{"headers":{"cookie":"a=secret"}"#).contains("secret"));
    }
}
