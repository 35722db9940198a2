use std::fmt::{self, Write as _};

/// Characters of a text from a request that an answer repeats.
pub(super) const MAX_CHARACTERS: usize = 120;
/// Bytes that they take at most once they are escaped: 120 characters of any script fit, 120 that need an escape do not.
const MAX_ESCAPED_BYTES: usize = 480;
/// Longest escape of a character in HTML (`&quot;`) and in JSON (`\u003c`).
const ESCAPE_BYTES: usize = 6;

/// A text that a client sent, as an answer repeats it: cut, UTF-8 that is none as U+FFFD, and nothing in it that HAProxy
/// writes as `%0A`, that turns the direction of what follows, or that cannot be seen.
///
/// White space of any kind becomes a space; a control character, or one that is invisible, U+FFFD, so that whoever looks for
/// the fault sees that something stands there. Escaping is the business of the medium.
#[derive(Clone, Copy)]
pub(super) struct Untrusted<'a>(&'a [u8]);

impl<'a> Untrusted<'a> {
    pub(super) fn new(sent: &'a [u8]) -> Self {
        Self(sent.trim_ascii())
    }

    pub(super) fn is_empty(self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Untrusted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A character has at most 4 bytes, and so has what is shown as one U+FFFD: the last that this lets in whole is
        // beyond those that are shown.
        let head = self.0.get(..MAX_CHARACTERS.saturating_add(1).saturating_mul(4)).unwrap_or(self.0);
        let characters = head.utf8_chunks().flat_map(|chunk| {
            let invalid = (!chunk.invalid().is_empty()).then_some(char::REPLACEMENT_CHARACTER);
            chunk.valid().chars().map(visible).chain(invalid)
        });
        let mut room = MAX_ESCAPED_BYTES;
        for (shown, character) in characters.enumerate() {
            let needed = escaped_bytes(character);
            if shown == MAX_CHARACTERS || needed > room {
                return f.write_char('…');
            }
            room = room.saturating_sub(needed);
            f.write_char(character)?;
        }
        Ok(())
    }
}

fn escaped_bytes(character: char) -> usize {
    match character {
        '&' | '<' | '>' | '"' | '\'' | '\\' => ESCAPE_BYTES,
        other => other.len_utf8(),
    }
}

fn visible(character: char) -> char {
    match character {
        '\t' | '\u{2028}' | '\u{2029}' => ' ',
        invisible if invisible.is_control() || is_invisible(invisible) => char::REPLACEMENT_CHARACTER,
        space if space.is_whitespace() => ' ',
        other => other,
    }
}

/// Format characters, those of bidirectional text among them, and what is ignored or blank by default (Unicode 16: general
/// category Cf, property `Default_Ignorable_Code_Point`, U+2800), and noncharacters at the end of the first plane.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}' | '\u{8e2}'
        | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}'..='\u{ffff}' | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(sent: &[u8]) -> String {
        Untrusted::new(sent).to_string()
    }

    #[test]
    fn shows_a_user_agent_as_it_was_sent() {
        assert_eq!(shown(b" python-requests/2.32.3 "), "python-requests/2.32.3");
        assert_eq!(shown("Модуль/1.0 (…)".as_bytes()), "Модуль/1.0 (…)");
    }

    #[test]
    fn makes_what_cannot_be_seen_visible() {
        assert_eq!(shown(b"a\tb\x1b[31m\x7f\x00c"), "a b\u{fffd}[31m\u{fffd}\u{fffd}c");
        assert_eq!(shown("a\u{85}b\u{9b}c".as_bytes()), "a\u{fffd}b\u{fffd}c");
        assert_eq!(
            shown("a\u{202e}b\u{200b}c\u{feff}d\u{2066}e".as_bytes()),
            "a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}e"
        );
        assert_eq!(shown("a\u{2028}b\u{2029}c\u{a0}d\u{3000}e".as_bytes()), "a b c d e");
    }

    #[test]
    fn replaces_bytes_that_are_no_text() {
        assert_eq!(shown(b"a\xffb\xf0\x9fc"), "a\u{fffd}b\u{fffd}c");
    }

    #[test]
    fn cuts_after_120_characters() {
        assert_eq!(shown(&[b'x'; 120]), "x".repeat(120));
        assert_eq!(shown(&[b'x'; 16_000]), "x".repeat(120) + "…");
        assert_eq!(shown("😀".repeat(121).as_bytes()), "😀".repeat(120) + "…");
        assert_eq!(shown(&[0xff; 16_000]), "\u{fffd}".repeat(120) + "…");
    }

    #[test]
    fn cuts_earlier_what_would_grow_by_its_escapes() {
        assert_eq!(shown(&[b'<'; 120]), "<".repeat(80) + "…");
    }
}
