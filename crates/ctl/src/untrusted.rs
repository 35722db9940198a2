//! Text that somebody else wrote, on its way to a terminal.

use std::borrow::Cow;
use std::fmt::Write as _;

/// What may be shown of `text`: control and format characters as escapes, so that neither a line of a log nor a policy moves the
/// cursor, sets a colour, or turns the direction of what stands beside it; at most `most` characters, and then `…`.
#[must_use]
pub fn printable(text: &[u8], most: usize) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(text);
    if text.len() <= most && text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return text;
    }
    let mut shown = String::new();
    for (n, c) in text.chars().enumerate() {
        if n == most {
            shown.push('…');
            break;
        }
        match c {
            c if c.is_control() || is_format(c) => drop(write!(shown, "{}", c.escape_unicode())),
            c => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

/// What may be shown of a text that a person wrote into a file, or that names one: whole, but for control and format characters.
#[must_use]
pub fn shown(text: &str) -> Cow<'_, str> {
    /// Longer than any path (PATH_MAX) and any line that somebody wants to read.
    const MOST: usize = 8192;
    printable(text.as_bytes(), MOST)
}

/// A path, likewise.
#[must_use]
pub fn shown_path(path: &std::path::Path) -> String {
    shown(&path.to_string_lossy()).into_owned()
}

/// Characters that show nothing and change how others are shown (Unicode general category Cf, and what separates lines).
fn is_format(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_can_be_read_and_escapes_what_moves_the_terminal() {
        assert_eq!(printable(b"curl/8.5.0", 80), "curl/8.5.0");
        assert_eq!(printable("Žofie".as_bytes(), 80), "Žofie");
        assert_eq!(printable(b"\x1b[2Jx\n", 80), "\\u{1b}[2Jx\\u{a}");
        assert_eq!(printable("a\u{202e}b".as_bytes(), 80), "a\\u{202e}b");
        assert_eq!(printable(b"\xff", 80), "\u{fffd}");
    }

    #[test]
    fn is_bounded_in_characters() {
        assert_eq!(printable(b"abcdef", 3), "abc…");
        assert_eq!(printable("žžž".as_bytes(), 3), "žžž");
    }
}
