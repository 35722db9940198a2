use std::borrow::Cow;

use super::Provenance;
use super::parameters::pairs;

impl Provenance {
    /// `url` without the provenance parameters and those that the policy strips with them; every other byte stays as it was
    /// and where it was. An empty query goes
    /// with its `?`. Borrows where there is nothing to remove.
    ///
    /// ```text
    /// /x?a=1&utm_source=b&c=2   →   /x?a=1&c=2
    /// /x?utm_source=b           →   /x
    /// /x?                       →   /x?
    /// ```
    #[must_use]
    pub fn strip<'u>(&self, url: &'u [u8]) -> Cow<'u, [u8]> {
        without(url, |pair| self.parameters.strips(pair))
    }
}

/// `url` without the pairs of its query that `remove` names.
pub(super) fn without(url: &[u8], remove: impl Fn(&[u8]) -> bool) -> Cow<'_, [u8]> {
    let Some((path, query)) = split_query(url) else { return Cow::Borrowed(url) };
    if !pairs(query).any(&remove) {
        return Cow::Borrowed(url);
    }
    let mut rest = Vec::with_capacity(url.len());
    rest.extend_from_slice(path);
    rest.push(b'?');
    let mut first = true;
    for pair in pairs(query).filter(|pair| !remove(pair)) {
        if !std::mem::take(&mut first) {
            rest.push(b'&');
        }
        rest.extend_from_slice(pair);
    }
    if rest.len() == path.len().saturating_add(1) {
        rest.pop();
    }
    Cow::Owned(rest)
}

/// What stands on either side of the first `?`.
pub(super) fn split_query(url: &[u8]) -> Option<(&[u8], &[u8])> {
    match url.split_at_checked(memchr::memchr(b'?', url)?)? {
        (path, [_, query @ ..]) => Some((path, query)),
        _ => None,
    }
}
