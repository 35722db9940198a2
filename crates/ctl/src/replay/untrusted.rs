//! Text that a client chose, before it reaches a terminal or a page.

use crate::untrusted::printable;

/// Longest text that is shown, in characters.
const MAX_CHARACTERS: usize = 200;

/// As text that can be shown ([`printable`]), of a bounded length.
pub(super) fn shown(bytes: &[u8]) -> String {
    printable(bytes, MAX_CHARACTERS).into_owned()
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
    fn what_is_shown_is_safe_and_bounded() {
        assert_eq!(shown("\x1b[2J東京\n".as_bytes()), r"\u{1b}[2J東京\u{a}");
        assert_eq!(shown(&[b'x'; 500]).chars().count(), MAX_CHARACTERS + 1);
    }

    #[test]
    fn a_line_is_shown_without_its_secrets() {
        let line = br#"- [x] "GET /a?token=s3cret HTTP/1.1" {Bearer abc|x} eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig end"#;
        assert_eq!(shown_line(line), "- [x] \"GET /a?… HTTP/1.1\" {…} … end");
        assert!(!shown_line(br#"{"headers":{"cookie":"a=secret"}"#).contains("secret"));
    }
}
