use serde::Deserialize;
use serde_saphyr::Spanned;

/// Section `sitemaps`: who may read them (`docs/sitemaps.md`).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SitemapsDocument {
    /// Their paths, each with at most one `*` for anything; at least one.
    pub paths: Vec<Spanned<String>>,
    /// Tiers that are let in, `A` to `F`. Default `[A, B, C]`.
    pub tiers: Option<Spanned<Vec<Spanned<String>>>>,
    /// Whether nobody is refused, and `would` says who would have been. Default `false`.
    #[serde(default)]
    pub shadow: bool,
}
