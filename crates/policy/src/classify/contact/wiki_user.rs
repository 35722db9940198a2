//! Users of a wiki: `(wikipedia:en; User:X)`, `[[User:X]]`.

use memchr::memmem;

use super::scan::{Nesting, balanced_prefix, is_printable, trim_end, trim_start};

/// As MediaWiki writes it. `user:` in lower case is left alone: apps put account numbers behind it.
const NAMESPACE: &[u8] = b"User";
/// MediaWiki stores a page title in 255 bytes.
const MAX_NAME_BYTES: usize = 255;

/// `User:X` or `User talk:X`, in a comment, in a wiki link, or bare.
///
/// No name holds a colon, so the names of two candidates never overlap.
pub(super) fn find_wiki_user(user_agent: &[u8]) -> Option<&str> {
    let mut nesting = Nesting::default();
    let mut from = 0;
    while let Some(offset) = memmem::find(user_agent.get(from..)?, NAMESPACE) {
        let start = from.checked_add(offset)?;
        let (before, namespace) = user_agent.split_at_checked(start)?;
        nesting.read(before.get(from..)?);
        from = start.checked_add(NAMESPACE.len())?;
        if before.last().is_some_and(u8::is_ascii_alphanumeric) {
            continue;
        }
        let Some(title) = title_of(namespace) else { continue };
        // RFC 9110, 10.1.5: outside a comment white space ends a product, so it ends a name as well.
        let name = balanced_prefix(title, |byte| {
            is_name_byte(byte) && (nesting.is_open() || !byte.is_ascii_whitespace())
        });
        let name = std::str::from_utf8(trim_start(trim_end(name, b" \t_"), b" \t_"));
        let fits = |name: &&str| (1..=MAX_NAME_BYTES).contains(&name.len()) && name.chars().all(is_printable);
        if let Some(name) = name.ok().filter(fits) {
            return Some(name);
        }
    }
    None
}

/// What follows `User:` or `User talk:`.
fn title_of(namespace: &[u8]) -> Option<&[u8]> {
    let rest = namespace.strip_prefix(NAMESPACE)?;
    let talk = [b" talk".as_slice(), b"_talk"].iter().find_map(|suffix| rest.strip_prefix(*suffix));
    talk.unwrap_or(rest).strip_prefix(b":")
}

/// MediaWiki's titles lack `#<>[]{|}`; `/` begins a subpage, and `;` and `,` begin the comment's next part.
fn is_name_byte(byte: u8) -> bool {
    !byte.is_ascii_control()
        && !matches!(
            byte,
            b'#' | b'<' | b'>' | b'[' | b']' | b'{' | b'|' | b'}' | b'/' | b':' | b';' | b',' | b'@'
        )
}
