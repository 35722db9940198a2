//! Text that a client chose, before it reaches a terminal or a page.

use crate::untrusted::printable;

/// Longest text that is shown, in characters.
const MAX_CHARACTERS: usize = 200;

/// As text that can be shown ([`printable`]), of a bounded length.
pub(super) fn shown(bytes: &[u8]) -> String {
    printable(bytes, MAX_CHARACTERS).into_owned()
}

/// A line that could not be read, without what may be secret in it: queries and parameters, captures, and runs of letters and digits
/// as long as tokens. What is in JSON may have a token anywhere and is not shown at all.
///
/// Nothing that a client may write ends what is hidden early: a query ends at a space alone, captures at the last brace.
pub(super) fn shown_line(line: &[u8]) -> String {
    if is_json(line) {
        return "(JSON is not shown: it may hold cookies)".to_owned();
    }
    /// Longer than any word, shorter than any token.
    const RUN: usize = 24;
    let mut kept = Vec::new();
    let mut rest = line;
    while let [first, after @ ..] = rest {
        let hidden = match first {
            b'?' | b'&' | b';' => memchr::memchr(b' ', after).unwrap_or(after.len()),
            b'{' => memchr::memrchr(b'}', after).unwrap_or(after.len()),
            byte if is_of_token(*byte) => {
                let run = rest.iter().position(|byte| !is_of_token(*byte)).unwrap_or(rest.len());
                let (word, left) = rest.split_at_checked(run).unwrap_or_default();
                kept.extend_from_slice(if run < RUN { word } else { "…".as_bytes() });
                rest = left;
                continue;
            }
            _ => 0,
        };
        kept.push(*first);
        if hidden > 0 {
            kept.extend_from_slice("…".as_bytes());
        }
        rest = after.get(hidden..).unwrap_or_default();
    }
    shown(&kept)
}

/// Whether a line is JSON, behind a header of syslog too, or a piece of it.
fn is_json(line: &[u8]) -> bool {
    let marks: [&[u8]; 3] = [b"{\"", b"[\"", b"\":"];
    matches!(line.trim_ascii_start(), [b'{' | b'[', ..])
        || marks.iter().any(|mark| memchr::memmem::find(line, mark).is_some())
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
        for line in [
            r#""GET /a?q='x&token=s3cret HT"#,
            r#""GET /a?q=\"x&token=s3cret HT"#,
            r#""GET /a b&token=s3cret HT"#,
            "GET /a;jsessionid=s3cret",
            ";jsessionid=s3cret",
            "{x} {s3cret",
            "{x} s3cret}",
            "{a{b} s3cret}",
        ] {
            assert!(
                !shown_line(line.as_bytes()).contains("s3cret"),
                "{line}: {}",
                shown_line(line.as_bytes())
            );
        }
        assert_eq!(shown_line(b"(X11; Linux x86_64) {} ?"), "(X11; Linux x86_64) {} ?");
    }

    #[test]
    fn a_brace_far_behind_what_is_shown_still_ends_the_captures() {
        let line = ["{x} s3cret ", &"- ".repeat(1_000), "}"].concat();
        assert!(!shown_line(line.as_bytes()).contains("s3cret"));
    }

    #[test]
    fn what_is_json_anywhere_is_not_shown() {
        for line in [
            r#"{"headers":{"cookie":"a=s3cret"}"#,
            r#"Nov 20 14:59:25 h app: {"headers":{"x":"y"},"cookie":"sess=s3cret"}"#,
            r#"["cookie","sess=s3cret"]"#,
            r#" [ "cookie","sess=s3cret"]"#,
            r#"Nov 20 14:59:25 h app: ["cookie","sess=s3cret"]"#,
            r#""cookie": "sess=s3cret"}"#,
        ] {
            assert_eq!(shown_line(line.as_bytes()), "(JSON is not shown: it may hold cookies)", "{line}");
        }
    }
}
