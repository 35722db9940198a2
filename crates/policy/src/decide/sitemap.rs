//! Sitemaps: who may read them.
//!
//! A list of all pages helps whoever wants all of them, so that only those whom we know get it. Everything else about a site stays
//! open, and nobody's page has a sitemap's name; so what may lead to one is one, however an origin reads the path (`resolve`).

mod pattern;
mod resolve;

#[cfg(test)]
mod tests;

use serde_saphyr::Spanned;

use crate::classify::Tier;
use crate::compile::Compiler;
use crate::document::SitemapsDocument;
use crate::error::At;
use crate::facts::{NormalPath, PathPattern};
use crate::verdict::Rule;
use pattern::SitemapPattern;
use resolve::{Segments, Signs, readings};

/// Tiers that are let in where the policy names none: trusted networks, verified crawlers, people who are logged in.
const DEFAULT_TIERS: [Tier; 3] = [Tier::A, Tier::B, Tier::C];

/// The rule that refuses.
const REASON: &str = "sitemap.restricted";

/// Section `sitemaps`, compiled.
#[derive(Debug)]
pub struct Sitemaps {
    patterns: Box<[SitemapPattern]>,
    tiers: Box<[Tier]>,
    shadow: bool,
    rule: Rule,
}

impl Sitemaps {
    /// Whether an origin, strict or lenient, may serve a sitemap for this path. In time linear in its length; allocates only for a
    /// path with `..` in it.
    pub(crate) fn is_sitemap(&self, path: &NormalPath<'_>) -> bool {
        let path = path.as_bytes();
        let signs = Signs::of(path);
        readings(path, signs)
            .any(|reading| self.patterns.iter().any(|pattern| pattern.matches(reading.clone())))
            || Segments::of_climbing(path, signs)
                .is_some_and(|segments| self.patterns.iter().any(|pattern| pattern.may_be_left_of(&segments)))
    }

    /// The same for a path as sent.
    #[must_use]
    pub fn is_sitemap_as_sent(&self, path: &[u8]) -> bool {
        self.is_sitemap(&NormalPath::of(path))
    }

    /// Whether clients of this tier may read sitemaps.
    #[must_use]
    pub fn lets_in(&self, tier: Tier) -> bool {
        self.tiers.contains(&tier)
    }

    /// Whether nobody is refused, and the verdict only tells who would have been.
    #[must_use]
    pub fn is_shadow(&self) -> bool {
        self.shadow
    }

    /// The rule that refuses: `sitemap.restricted`.
    #[must_use]
    pub fn rule(&self) -> &Rule {
        &self.rule
    }

    pub(crate) fn rule_mut(&mut self) -> &mut Rule {
        &mut self.rule
    }

    pub(crate) fn compile(section: &SitemapsDocument, compiler: &mut Compiler<'_>) -> Self {
        if section.paths.is_empty() {
            compiler
                .problems
                .add(At::file(compiler.file), "sitemaps.paths", "no path is named")
                .hint("for example: [/sitemap*.xml]; without sitemaps, leave out the section");
        }
        let paths = section.paths.iter().enumerate();
        Self {
            patterns: paths.filter_map(|(n, path)| compile_path(path, n, compiler)).collect(),
            tiers: section
                .tiers
                .as_ref()
                .map_or_else(|| DEFAULT_TIERS.into(), |tiers| compile_tiers(tiers, compiler)),
            shadow: section.shadow,
            rule: match section.paths.first() {
                Some(path) => Rule::new(REASON, None, "sitemaps", path),
                None => Rule::built_in(REASON),
            },
        }
    }
}

fn compile_path(path: &Spanned<String>, n: usize, compiler: &mut Compiler<'_>) -> Option<SitemapPattern> {
    let key = format!("sitemaps.paths[{n}]");
    let pattern = PathPattern::compile(path, &key, compiler)?;
    let (start, end) = pattern.parts();
    if start == b"/" && end.is_none_or(<[u8]>::is_empty) {
        let message = format!("\"{}\" is no sitemap's path: the main page has it too", path.value);
        compiler.note(path, key, message);
    }
    Some(SitemapPattern::of(&pattern))
}

fn compile_tiers(tiers: &Spanned<Vec<Spanned<String>>>, compiler: &mut Compiler<'_>) -> Box<[Tier]> {
    if tiers.value.is_empty() {
        compiler
            .note(tiers, "sitemaps.tiers", "no tier is named, so that nobody could read them")
            .hint("leave out the key for A, B and C");
    }
    let mut compiled = Vec::new();
    for (n, tier) in tiers.value.iter().enumerate() {
        match tier.value.parse() {
            Ok(tier) => compiled.push(tier),
            Err(why) => {
                compiler.note(tier, format!("sitemaps.tiers[{n}]"), format!("\"{}\" is {why}", tier.value));
            }
        }
    }
    compiled.into()
}
