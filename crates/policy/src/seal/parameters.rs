//! The provenance parameters of a query.

use std::cmp::Ordering;

use super::form;

/// The names of the provenance parameters, and of those that are stripped with them.
#[derive(Debug)]
pub(crate) struct Parameters {
    pub(crate) site: Box<str>,
    pub(crate) generator: Box<str>,
    pub(crate) format: Box<str>,
    pub(crate) seal: Box<str>,
    pub(crate) strip: Vec<Box<str>>,
}

/// How often a query holds a parameter, and its value, still encoded.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Occurrence<'q> {
    #[default]
    Absent,
    Once(&'q [u8]),
    /// Which of the values is meant cannot be known.
    Repeated,
}

/// The provenance parameters of a query.
#[derive(Clone, Copy, Default)]
pub(crate) struct Found<'q> {
    pub(crate) site: Occurrence<'q>,
    pub(crate) generator: Occurrence<'q>,
    pub(crate) format: Occurrence<'q>,
    pub(crate) seal: Occurrence<'q>,
}

impl Found<'_> {
    /// Whether the query holds none of them.
    pub(crate) fn is_empty(&self) -> bool {
        [self.site, self.generator, self.format, self.seal].iter().all(|found| *found == Occurrence::Absent)
    }
}

impl Parameters {
    /// Finds the provenance parameters in a query, in one pass.
    pub(crate) fn find<'q>(&self, query: &'q [u8]) -> Found<'q> {
        let mut found = Found::default();
        for pair in pairs(query) {
            let (name, value) = split_pair(pair);
            let slot = if is(name, &self.site) {
                &mut found.site
            } else if is(name, &self.generator) {
                &mut found.generator
            } else if is(name, &self.format) {
                &mut found.format
            } else if is(name, &self.seal) {
                &mut found.seal
            } else {
                continue;
            };
            *slot = match slot {
                Occurrence::Absent => Occurrence::Once(value),
                Occurrence::Once(_) | Occurrence::Repeated => Occurrence::Repeated,
            };
        }
        found
    }

    /// Whether a pair of a query is one of the four provenance parameters.
    pub(crate) fn has(&self, pair: &[u8]) -> bool {
        let (name, _) = split_pair(pair);
        [&self.site, &self.generator, &self.format, &self.seal].into_iter().any(|ours| is(name, ours))
    }

    /// Whether a pair of a query never reaches a cache key: one of the four, or one that the policy strips with them.
    pub(crate) fn strips(&self, pair: &[u8]) -> bool {
        self.has(pair) || self.strip.iter().any(|stripped| is(split_pair(pair).0, stripped))
    }
}

/// The pairs of a query, empty ones included.
pub(crate) fn pairs(query: &[u8]) -> impl Iterator<Item = &[u8]> {
    let ends = memchr::memchr_iter(b'&', query).chain(std::iter::once(query.len()));
    ends.scan(0, |start, end| {
        let pair = query.get(*start..end);
        *start = end.saturating_add(1);
        pair
    })
}

/// Name and value of a pair, encoded; a pair without `=` has an empty value.
pub(crate) fn split_pair(pair: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memchr(b'=', pair).and_then(|at| pair.split_at_checked(at)) {
        Some((name, [_, value @ ..])) => (name, value),
        _ => (pair, &[]),
    }
}

/// Whether a name, as it stands in a query, is that of a parameter.
pub(crate) fn is(name: &[u8], parameter: &str) -> bool {
    // An escaped name is longer than what it stands for, or has a "+" in the place of a space.
    match name.len().cmp(&parameter.len()) {
        Ordering::Less => false,
        Ordering::Equal if *name == *parameter.as_bytes() => true,
        Ordering::Equal | Ordering::Greater => form::decodes_to(name, parameter.as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_empty_pairs_too() {
        let found = |query: &'static str| {
            pairs(query.as_bytes()).map(|p| str::from_utf8(p).unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(found(""), [""]);
        assert_eq!(found("a"), ["a"]);
        assert_eq!(found("&a=b&&c&"), ["", "a=b", "", "c", ""]);
    }

    #[test]
    fn knows_a_name_whatever_is_escaped_in_it() {
        assert!(is(b"utm_term", "utm_term") && is(b"utm%5fterm", "utm_term") && is(b"a+b", "a b"));
        assert!(!is(b"utm_ter", "utm_term") && !is(b"utm_terms", "utm_term") && !is(b"UTM_term", "utm_term"));
    }
}
