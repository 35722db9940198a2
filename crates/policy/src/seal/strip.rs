use std::borrow::Cow;

use super::Provenance;
use super::parameters::{is, pairs, split_pair};
use crate::Policy;

impl Policy {
    /// `url` without what never belongs into a cache key: what [`Provenance::strip`] removes, and the query parameter that may
    /// hold the token of a session.
    #[must_use]
    pub fn strip<'u>(&self, url: &'u [u8]) -> Cow<'u, [u8]> {
        let of_images = self.provenance().map(|provenance| &provenance.parameters);
        let of_sessions = self.sessions().and_then(|sessions| sessions.parameter());
        without(url, |pair| {
            of_images.is_some_and(|parameters| parameters.strips(pair))
                || of_sessions.is_some_and(|parameter| is(split_pair(pair).0, parameter))
        })
    }
}

impl Provenance {
    /// `url` without the provenance parameters and those that the policy strips with them; every other byte stays as it was
    /// and where it was. An empty query goes with its `?`. Borrows where there is nothing to remove.
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

    /// Whether nothing would be left of a query.
    pub(crate) fn strips_all(&self, query: &[u8]) -> bool {
        pairs(query).all(|pair| self.parameters.strips(pair))
    }
}

/// `url` without the pairs of its query that `remove` names.
pub(super) fn without(url: &[u8], remove: impl Fn(&[u8]) -> bool) -> Cow<'_, [u8]> {
    let Some((path, query)) = split_query(url) else { return Cow::Borrowed(url) };
    let mut rest = Rest { url, kept: None, pairs: 0 };
    let mut start = path.len().saturating_add(1);
    for pair in pairs(query) {
        if remove(pair) {
            rest.leave_out(start);
        } else {
            rest.keep(pair);
        }
        start = start.saturating_add(pair.len()).saturating_add(1);
    }
    match rest.kept {
        None => Cow::Borrowed(url),
        Some(mut kept) => {
            if kept.len() == path.len().saturating_add(1) {
                kept.pop();
            }
            Cow::Owned(kept)
        }
    }
}

/// What stays of a URL while its pairs are looked at, each once.
struct Rest<'u> {
    url: &'u [u8],
    /// The pairs that stay; nothing is copied until one is left out.
    kept: Option<Vec<u8>>,
    /// How many pairs stay so far.
    pairs: usize,
}

impl Rest<'_> {
    fn keep(&mut self, pair: &[u8]) {
        if let Some(kept) = &mut self.kept {
            if self.pairs > 0 {
                kept.push(b'&');
            }
            kept.extend_from_slice(pair);
        }
        self.pairs = self.pairs.saturating_add(1);
    }

    /// Leaves out the pair that starts there.
    fn leave_out(&mut self, start: usize) {
        if self.kept.is_none() {
            // With the "?", but without the "&" that parts it from the pair before.
            let end = if self.pairs > 0 { start.saturating_sub(1) } else { start };
            let mut kept = Vec::with_capacity(self.url.len());
            kept.extend_from_slice(self.url.get(..end).unwrap_or(self.url));
            self.kept = Some(kept);
        }
    }
}

/// What stands on either side of the first `?`.
pub(super) fn split_query(url: &[u8]) -> Option<(&[u8], &[u8])> {
    match url.split_at_checked(memchr::memchr(b'?', url)?)? {
        (path, [_, query @ ..]) => Some((path, query)),
        _ => None,
    }
}
