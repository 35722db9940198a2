use std::path::PathBuf;

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::Table;

/// Section `provenance`: signed image URLs (`docs/seal.md`).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProvenanceDocument {
    /// Names of the query parameters.
    #[serde(default)]
    pub parameters: ParametersDocument,
    /// Further parameters that never reach the cache key, such as `utm_medium`.
    #[serde(default)]
    pub strip: Vec<Spanned<String>>,
    /// Hosts whose URLs carry provenance: names, or `*.example.org` for every name below it. Empty: every host.
    #[serde(default)]
    pub hosts: Vec<Spanned<String>>,
    /// How far ahead of this machine's clock a seal's time may be. Default 5 minutes.
    pub skew: Option<Spanned<String>>,
    /// Keys: all verify, the one with `sign: true` signs.
    #[serde(default)]
    pub keys: Vec<KeyDocument>,
    /// Classes of generators by name.
    #[serde(default)]
    pub sources: Table<SourceDocument>,
    /// From the path of a derived file to the path of the file itself, for scope `file`; the first that matches counts.
    #[serde(default)]
    pub rewrites: Vec<RewriteDocument>,
}

/// Names of the provenance parameters, compared byte for byte after decoding.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ParametersDocument {
    /// The site that the URL was made for.
    pub site: Spanned<String>,
    /// The software component that made the URL.
    pub generator: Spanned<String>,
    /// What is asked for: original, thumbnail, ….
    pub format: Spanned<String>,
    /// The seal.
    pub seal: Spanned<String>,
}

impl Default for ParametersDocument {
    fn default() -> Self {
        use serde_saphyr::Location;
        let name = |n: &str| Spanned::new(n.to_owned(), Location::UNKNOWN, Location::UNKNOWN);
        Self {
            site: name("utm_source"),
            generator: name("utm_campaign"),
            format: name("utm_content"),
            seal: name("utm_term"),
        }
    }
}

/// An entry of `provenance.keys`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyDocument {
    /// The `kid` of seals made with this key: 1 to 16 of `A-Z a-z 0-9 _`.
    pub id: Spanned<String>,
    /// File that holds the secret, at least 32 bytes, byte for byte; not readable by others. Relative to the policy file.
    pub file: Spanned<PathBuf>,
    /// Whether new seals are made with this key; true for at most one.
    #[serde(default)]
    pub sign: bool,
}

/// An entry of `provenance.sources`: a class of generators with one maximum age.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceDocument {
    /// The generators of this class, compared byte for byte.
    pub generators: Vec<Spanned<String>>,
    /// Age from which on a seal is stale.
    pub max_age: Spanned<String>,
    /// What the signer rounds the time down to, so that a page rendered twice yields one URL. Default 1 day.
    pub granularity: Option<Spanned<String>>,
    /// Scope of new seals where the signer names none. Default `path`.
    #[serde(default)]
    pub scope: ScopeDocument,
}

/// What a seal is good for.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum ScopeDocument {
    /// This path alone (`e`).
    #[default]
    Path,
    /// The file and everything derived from it (`f`).
    File,
}

/// An entry of `provenance.rewrites`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RewriteDocument {
    /// Regular expression for the whole of a normalised path; matched in linear time.
    pub pattern: Spanned<String>,
    /// The file's own path; `$1` to `$9` stand for the groups of the pattern.
    pub replacement: Spanned<String>,
}
