use std::borrow::Cow;
use std::cell::OnceCell;

use serde_saphyr::Spanned;

use super::path::{leads_elsewhere, normalise};
use crate::compile::Compiler;

/// Longest pattern in bytes.
const MAX_BYTES: usize = 1024;

/// Paths that a policy names: one path, or with a `*` every path that begins and ends so. What stands for the `*` may be
/// empty and may hold slashes. Escapes are compared in their normal form, so `/%77/` is `/w/` on either side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PathPattern {
    start: Box<[u8]>,
    /// What stands behind the `*`; none where there is no `*`.
    end: Option<Box<[u8]>>,
}

/// The path of a request, in its normal form.
#[derive(Debug)]
pub(crate) struct NormalPath<'a> {
    bytes: Cow<'a, [u8]>,
    /// Found out when a rule first asks.
    leads_elsewhere: OnceCell<bool>,
}

impl<'a> NormalPath<'a> {
    /// Copies a path that is not in its normal form already.
    pub(crate) fn of(path: &'a [u8]) -> Self {
        Self { bytes: normalise(path), leads_elsewhere: OnceCell::new() }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl NormalPath<'_> {
    /// Whether an origin may resolve the path to another place.
    pub(crate) fn leads_elsewhere(&self) -> bool {
        *self.leads_elsewhere.get_or_init(|| leads_elsewhere(&self.bytes))
    }
}

impl PathPattern {
    /// Whether `path` reads like this. In time linear in its length, whatever the pattern.
    pub(crate) fn resembles(&self, path: &NormalPath<'_>) -> bool {
        let path = &*path.bytes;
        match &self.end {
            None => path == &*self.start,
            Some(end) => path.strip_prefix(&*self.start).is_some_and(|rest| rest.ends_with(end)),
        }
    }

    /// Whether `path` is certainly one of these: a path that an origin may resolve to another place is none, however it reads
    /// (`/static/..%2fw/api.php`). For rules that grant something.
    pub(crate) fn holds(&self, path: &NormalPath<'_>) -> bool {
        self.resembles(path) && !path.leads_elsewhere()
    }

    /// What stands before the `*` and what behind it; the whole path where there is none.
    pub(crate) fn parts(&self) -> (&[u8], Option<&[u8]>) {
        (&self.start, self.end.as_deref())
    }

    /// Whether no path is another one: `/*`.
    pub(crate) fn is_every_path(&self) -> bool {
        &*self.start == b"/" && self.end.as_deref() == Some(&[])
    }

    /// Whether every path that `other` resembles resembles this one.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        match (&self.end, &other.end) {
            (None, None) => self == other,
            (None, Some(_)) => false,
            (Some(end), None) => {
                other.start.strip_prefix(&*self.start).is_some_and(|rest| rest.ends_with(end))
            }
            (Some(end), Some(of_other)) => other.start.starts_with(&self.start) && of_other.ends_with(end),
        }
    }

    /// The pattern that stands at `key` of a rule that grants something, and must not have a form that is granted nothing.
    pub(crate) fn compile_for_grant(
        pattern: &Spanned<String>,
        key: &str,
        compiler: &mut Compiler<'_>,
    ) -> Option<Self> {
        let compiled = Self::compile(pattern, key, compiler)?;
        let sample = [&*compiled.start, b"x", compiled.end.as_deref().unwrap_or_default()].concat();
        let parts = if compiled.end.is_some() { &sample } else { &*compiled.start };
        if leads_elsewhere(parts) {
            let message =
                format!("\"{}\" never holds: an origin may resolve it to another path", pattern.value);
            compiler.note(pattern, key, message).hint("name the path that it leads to");
        }
        Some(compiled)
    }

    /// The pattern that stands at `key`.
    pub(crate) fn compile(pattern: &Spanned<String>, key: &str, compiler: &mut Compiler<'_>) -> Option<Self> {
        let text = pattern.value.as_bytes();
        let printable = text.iter().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'?' | b'#'));
        let stars = text.iter().filter(|byte| **byte == b'*').count();
        if !text.starts_with(b"/") || !printable || stars > 1 || text.len() > MAX_BYTES {
            let message = format!("\"{}\" is not a path", pattern.value);
            let note = compiler.note(pattern, key, message);
            note.hint(
                "write it as in a URL: /w/api.php, or with one * for anything: /static/*, /sitemap*.xml",
            );
            return None;
        }
        let mut parts = text.splitn(2, |byte| *byte == b'*').map(|part| normalise(part).into());
        let start = parts.next()?;
        Some(Self { start, end: parts.next() })
    }

    /// The patterns of a list, which stands at `key`, each made by `compile`.
    pub(crate) fn compile_all(
        paths: &[Spanned<String>],
        key: &str,
        compiler: &mut Compiler<'_>,
        compile: fn(&Spanned<String>, &str, &mut Compiler<'_>) -> Option<Self>,
    ) -> Box<[Self]> {
        let patterns = paths.iter().enumerate();
        patterns.filter_map(|(n, path)| compile(path, &format!("{key}[{n}]"), compiler)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(start: &str, end: Option<&str>) -> PathPattern {
        PathPattern { start: start.as_bytes().into(), end: end.map(|end| end.as_bytes().into()) }
    }

    fn path(path: &str) -> NormalPath<'_> {
        NormalPath::of(path.as_bytes())
    }

    #[test]
    fn without_a_star_one_path_is_meant() {
        let api = pattern("/w/api.php", None);
        assert!(api.holds(&path("/w/api.php")) && api.holds(&path("/%77/api%2Ephp")));
        for other in ["/w/api.php/", "/w/api.phpx", "//w/api.php", "/W/api.php", "", "/w/./api.php"] {
            assert!(!api.holds(&path(other)), "{other}");
        }
    }

    #[test]
    fn a_star_stands_for_anything_once() {
        let fixed = pattern("/static/", Some(""));
        assert!(fixed.holds(&path("/static/")) && fixed.holds(&path("/static/a/b.css")));
        assert!(!fixed.holds(&path("/static")) && !fixed.holds(&path("/")));
        let sitemap = pattern("/sitemap", Some(".xml"));
        assert!(sitemap.holds(&path("/sitemap.xml")) && sitemap.holds(&path("/sitemap-1.xml")));
        assert!(!sitemap.holds(&path("/sitemap.xm")), "start and end do not overlap");
        assert!(!pattern("/aa", Some("aa")).holds(&path("/aaa")), "nor here");
    }

    #[test]
    fn one_pattern_covers_another_if_all_its_paths_do() {
        let (all, fixed, api) =
            (pattern("/", Some("")), pattern("/a/", Some(".css")), pattern("/a/x.css", None));
        assert!(all.covers(&fixed) && all.covers(&api) && fixed.covers(&api) && api.covers(&api));
        assert!(!fixed.covers(&all) && !api.covers(&fixed) && !fixed.covers(&pattern("/a/", Some(""))));
        assert!(!pattern("/aa", Some("aa")).covers(&pattern("/aaa", None)), "start and end do not overlap");
    }

    #[test]
    fn a_path_that_may_lead_elsewhere_is_none_of_them_but_reads_like_it() {
        let fixed = pattern("/static/", Some(""));
        for trick in
            ["/static/../w/api.php", "/static/..%2fw", "/static/%2e%2e/w", "/static/..%5cw", "/static/..\\w"]
        {
            assert!(!fixed.holds(&path(trick)), "{trick}");
            assert!(fixed.resembles(&path(trick)), "{trick}");
        }
    }
}
