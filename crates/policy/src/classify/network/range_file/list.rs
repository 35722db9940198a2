use super::{Content, ContentError, not_empty, push};
use crate::classify::network::prefix::parse_prefix;

/// Reads a list: a prefix a line, `#` begins a comment.
pub(super) fn parse(bytes: &[u8]) -> Result<Content, ContentError> {
    let at = |line: usize| u64::try_from(line).unwrap_or(u64::MAX);
    let text = str::from_utf8(bytes).map_err(|error| ContentError {
        line: 0,
        key: String::new(),
        why: format!("not UTF-8 from byte {} on", error.valid_up_to()).into(),
    })?;
    let mut entries = Vec::new();
    for (line, content) in (1_usize..).zip(text.lines()) {
        let cidr = content.split('#').next().unwrap_or_default().trim();
        if cidr.is_empty() {
            continue;
        }
        parse_prefix(cidr).and_then(|net| push(&mut entries, net, line)).map_err(|why| ContentError {
            line: at(line),
            key: String::new(),
            why,
        })?;
    }
    Ok(Content { created: None, entries: not_empty(entries, "")? })
}
