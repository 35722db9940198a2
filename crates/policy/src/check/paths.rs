use serde_saphyr::Spanned;

use super::WarningKind::PathRedundant;
use super::checker::{Checker, MAX_COMPARED};
use crate::compile::Compiler;
use crate::error::Problems;
use crate::facts::PathPattern;

impl Checker<'_> {
    /// Paths that another one of their list has in it.
    pub(super) fn check_paths(&mut self) {
        let document = self.document;
        let rules = document.provenance.iter().flat_map(|provenance| provenance.rules.iter().enumerate());
        for (n, rule) in rules {
            self.check_list(&rule.paths, &format!("provenance.rules[{n}].paths"));
        }
        for (n, exemption) in document.exemptions.iter().enumerate() {
            self.check_list(&exemption.paths, &format!("exemptions[{n}].paths"));
        }
        if let Some(sitemaps) = &document.sitemaps {
            self.check_list(&sitemaps.paths, "sitemaps.paths");
        }
        self.check_list(&document.errors.json_paths, "errors.json_paths");
    }

    fn check_list(&mut self, paths: &[Spanned<String>], key: &str) {
        let paths = paths.get(..MAX_COMPARED).unwrap_or(paths);
        let patterns: Vec<Option<PathPattern>> = paths.iter().map(|path| self.pattern(path, key)).collect();
        for (n, (path, pattern)) in paths.iter().zip(&patterns).enumerate() {
            let Some(pattern) = pattern else { continue };
            let mut others = paths.iter().zip(&patterns).enumerate();
            let wider = others.find(|(m, (_, other))| {
                // Of two that are the same, the later one is told.
                let has_it =
                    |other: &PathPattern| other.covers(pattern) && (*m < n || !pattern.covers(other));
                *m != n && other.as_ref().is_some_and(has_it)
            });
            if let Some((_, (wider, _))) = wider {
                let message = format!("\"{}\" has all paths of \"{}\"", wider.value, path.value);
                self.warn(PathRedundant, path, format!("{key}[{n}]"), message)
                    .hint("take the narrower one out");
            }
        }
    }

    /// What has compiled before compiles again.
    fn pattern(&self, path: &Spanned<String>, key: &str) -> Option<PathPattern> {
        PathPattern::compile(
            path,
            key,
            &mut Compiler { file: self.file(), problems: &mut Problems::default() },
        )
    }
}
