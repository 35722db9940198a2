//! Writers that escape for a medium whatever is written through them.

use std::fmt::{self, Write};

/// Text or a quoted attribute of HTML.
pub(super) struct Html<'w>(pub(super) &'w mut dyn Write);

impl Write for Html<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        replace(self.0, text, |byte| {
            Some(match byte {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'"' => "&quot;",
                b'\'' => "&#39;",
                _ => return None,
            })
        })
    }
}

/// The inside of a JSON string (RFC 8259 section 7). `<` is escaped as well, so that the text can stand in a page's script, and
/// with it U+2028 and U+2029, which end a line of older JavaScript.
pub(super) struct JsonString<'w>(pub(super) &'w mut dyn Write);

impl Write for JsonString<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut plain = text;
        // 0xe2 begins U+2028 and U+2029, and much else that stands for itself.
        let may_escape = |byte: u8| matches!(byte, b'"' | b'\\' | b'<' | 0..=0x1f | 0x7f | 0xe2);
        let mut searched = 0;
        while let Some(found) = plain.bytes().skip(searched).position(may_escape) {
            let Some((before, special)) = plain.split_at_checked(searched.saturating_add(found)) else {
                break;
            };
            let mut characters = special.chars();
            match characters.next() {
                Some(character @ ('"' | '\\')) => write!(self.0, "{before}\\{character}")?,
                Some(character) if character.is_ascii() || matches!(character, '\u{2028}' | '\u{2029}') => {
                    write!(self.0, "{before}\\u{:04x}", u32::from(character))?;
                }
                _ => {
                    searched = before.len().saturating_add(1);
                    continue;
                }
            }
            (plain, searched) = (characters.as_str(), 0);
        }
        self.0.write_str(plain)
    }
}

/// A part of a URI in which nothing but unreserved characters (RFC 3986 section 2.3) and those of `keep` stands for itself.
pub(super) struct Percent<'w> {
    pub(super) to: &'w mut dyn Write,
    pub(super) keep: &'static str,
}

impl Write for Percent<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || self.keep.as_bytes().contains(&byte)
            {
                self.to.write_char(byte.into())?;
            } else {
                write!(self.to, "%{byte:02X}")?;
            }
        }
        Ok(())
    }
}

/// Writes `text` with each ASCII character that has an escape replaced by it.
fn replace(to: &mut dyn Write, text: &str, escape: impl Fn(u8) -> Option<&'static str>) -> fmt::Result {
    let mut rest = text;
    while let Some((at, escape)) = rest.bytes().enumerate().find_map(|(at, byte)| Some((at, escape(byte)?))) {
        let Some((before, special)) = rest.split_at_checked(at) else { break };
        to.write_str(before)?;
        to.write_str(escape)?;
        rest = special.get(1..).unwrap_or_default();
    }
    to.write_str(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(write: impl FnOnce(&mut String) -> fmt::Result) -> String {
        let mut out = String::new();
        write(&mut out).unwrap();
        out
    }

    #[test]
    fn html_has_no_markup_of_its_input() {
        let escaped = through(|out| Html(out).write_str("é<b a='1' c=\"2\">&amp;"));
        assert_eq!(escaped, "é&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;amp;");
    }

    #[test]
    fn json_reads_back_as_it_was() {
        let text = "é\u{2028}\u{2029}\"\\</script>\u{0}\n\u{7f}\u{10ffff}\u{2028}";
        let escaped = through(|out| JsonString(out).write_str(text));
        assert_eq!(escaped, "é\\u2028\\u2029\\\"\\\\\\u003c/script>\\u0000\\u000a\\u007f\u{10ffff}\\u2028");
        assert_eq!(serde_json::from_str::<String>(&format!("\"{escaped}\"")).unwrap(), text);
    }

    #[test]
    fn percent_keeps_what_it_is_told() {
        let escaped = through(|out| Percent { to: out, keep: "@" }.write_str("a+b@example.org?c=é"));
        assert_eq!(escaped, "a%2Bb@example.org%3Fc%3D%C3%A9");
    }
}
