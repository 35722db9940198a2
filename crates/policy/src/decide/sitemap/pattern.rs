use super::resolve::{Reading, Segments, Signs, readings};
use crate::facts::PathPattern;

/// A path of section `sitemaps`, as a lenient origin reads it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SitemapPattern {
    start: Box<[u8]>,
    /// What stands behind the `*`; none where there is no `*`.
    end: Option<Box<[u8]>>,
}

impl SitemapPattern {
    pub(super) fn of(pattern: &PathPattern) -> Self {
        let lenient =
            |part: &[u8]| readings(part, Signs::of(part)).next().into_iter().flatten().collect::<Box<[u8]>>();
        let (start, end) = pattern.parts();
        match (lenient(start).strip_suffix(b"/"), end) {
            // `/a/*` is a directory and all that is in it.
            (Some(directory), Some([])) => Self { start: directory.into(), end: None },
            _ => Self { start: lenient(start), end: end.map(lenient) },
        }
    }

    /// Whether a reading is such a path, or begins with one: what follows a slash, a dot or another [delimiter](delimits) may be
    /// passed over by an origin (`/sitemap.xml/`, `/sitemap.xml;v=1`, `/sitemap.xml%00`), and `/sitemap.xml.gz` is one as well.
    pub(super) fn matches(&self, mut reading: Reading<'_>) -> bool {
        // Most paths differ in their first bytes.
        if !self.start.iter().all(|byte| reading.next() == Some(*byte)) {
            return false;
        }
        let Some(end) = &self.end else {
            return reading.next().is_none_or(delimits);
        };
        loop {
            if self.ends(end, reading.clone()) {
                return true;
            }
            if reading.next().is_none() {
                return false;
            }
        }
    }

    fn ends(&self, end: &[u8], mut reading: Reading<'_>) -> bool {
        end.iter().all(|byte| reading.next() == Some(*byte))
            && (end.is_empty() || reading.next().is_none_or(delimits))
    }

    /// Whether taking away some of `segments` may leave such a path.
    pub(super) fn may_be_left_of(&self, segments: &Segments) -> bool {
        let mut fixed = self.start.split(|byte| *byte == b'/').skip(1).collect::<Vec<_>>();
        // With a `*`, the last segment of the start goes on, and any number may follow before the end.
        let open =
            self.end.as_deref().and_then(|end| fixed.pop().zip(end.rsplit(|byte| *byte == b'/').next()));
        let mut rest = segments.iter();
        fixed.iter().all(|name| rest.any(|segment| is_named(segment, name)))
            && open.is_none_or(|(begun, end)| {
                let mut rest = rest.skip_while(|segment| !segment.starts_with(begun));
                rest.any(|segment| ends_with(segment, end))
            })
    }
}

/// Whether `end` stands in `segment`, and at its end or before a delimiter.
fn ends_with(segment: &[u8], end: &[u8]) -> bool {
    memchr::memmem::find_iter(segment, end)
        .any(|at| segment.get(at.saturating_add(end.len())).copied().is_none_or(delimits))
}

/// Whether a segment has this name, whatever follows it behind a delimiter.
fn is_named(segment: &[u8], name: &[u8]) -> bool {
    segment.strip_prefix(name).is_some_and(|rest| rest.first().copied().is_none_or(delimits))
}

/// Whether an origin may take a name to end before this byte: what separates segments, parameters, queries and extensions, the
/// colon of a file's streams, and what C and Windows end names at.
fn delimits(byte: u8) -> bool {
    matches!(byte, b'/' | b';' | b'?' | b'#' | b'.' | b':' | b' ') || byte.is_ascii_control()
}
