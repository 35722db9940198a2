//! Text that a client has chosen, as logs and pages may show it.

use std::fmt;

/// Bytes from outside and how many of them are shown at most: what is not printable ASCII is escaped, so that nobody writes a line
/// of our log or moves somebody's cursor, and what was cut off is said.
#[derive(Clone, Copy, Debug)]
pub struct Untrusted<'a>(pub &'a [u8], pub usize);

impl fmt::Display for Untrusted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(bytes, most) = *self;
        let shown = bytes.get(..most).unwrap_or(bytes);
        write!(f, "{}", shown.escape_ascii())?;
        match bytes.len().saturating_sub(shown.len()) {
            0 => Ok(()),
            more => write!(f, " ({more} bytes more)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_client_writes_has_no_quote_line_end_or_escape_sequence() {
        let shown = |text: &str, most| Untrusted(text.as_bytes(), most).to_string();
        assert_eq!(shown("curl/8.5.0", 200), "curl/8.5.0");
        assert_eq!(shown("a\"\nb\u{1b}[2J\\é", 200), r#"a\"\nb\x1b[2J\\\xc3\xa9"#);
        assert_eq!(shown("abcdef", 4), "abcd (2 bytes more)");
    }
}
