use std::path::PathBuf;

use serde::Deserialize;
use serde_saphyr::Spanned;

/// An entry of section `crawlers`, at most 64: a known crawler, told by its user agent and its addresses together: tier B
/// (`docs/networks.md`).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CrawlerDocument {
    /// Name of the crawler, printed in labels: 1 to 64 of `a-z 0-9 _`.
    pub id: Spanned<String>,
    /// Texts of which one occurs in its user agent, compared without regard to case: each 4 to 64 printable ASCII bytes in
    /// lower case, at least one, 4,096 in all crawlers.
    pub user_agents: Vec<Spanned<String>>,
    /// Prefixes that it sends from, in CIDR notation, at least /8 (IPv4) or /19 (IPv6); a bare address is a prefix of one.
    #[serde(default)]
    pub cidrs: Vec<Spanned<String>>,
    /// File of prefixes, a list or the JSON that crawlers publish, in all at most as many addresses as a /12 (IPv4) and a /28
    /// (IPv6) have. Default none; an entry has `cidrs`, a `file` or both.
    pub file: Option<Spanned<PathBuf>>,
    /// Requests of the verified crawler, all of its addresses together, such as `20/s`; at most 1,000,000 a second. Default: no
    /// limit of its own.
    pub rate: Option<Spanned<String>>,
    /// How many may come at once, 1 or more. Default: the count of `rate`.
    pub burst: Option<Spanned<u32>>,
}
