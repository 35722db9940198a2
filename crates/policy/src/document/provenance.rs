use std::path::PathBuf;

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::Table;

/// Section `provenance`: what an image URL says of where it was made, and the seal that proves it (`docs/seal.md`).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProvenanceDocument {
    /// Names of the query parameters. Default: those of their keys.
    #[serde(default)]
    pub parameters: ParametersDocument,
    /// Further parameters that never reach the cache key, such as `utm_medium`; compared byte for byte after decoding.
    #[serde(default)]
    pub strip: Vec<Spanned<String>>,
    /// Hosts whose URLs carry provenance: names, or `*.example.org` for every name below it. Default empty: every host.
    #[serde(default)]
    pub hosts: Vec<Spanned<String>>,
    /// How far ahead of this machine's clock a seal's time may be. Default `5m`.
    pub skew: Option<Spanned<String>>,
    /// Keys: all verify, the one with `sign: true` signs. Default empty: every seal is `unknown_key`.
    #[serde(default)]
    pub keys: Vec<KeyDocument>,
    /// Classes of generators by name. Default empty: no seal is `valid`.
    #[serde(default)]
    pub sources: Table<SourceDocument>,
    /// From the path of a derived file to the path of the file itself, for scope `file`; the first that matches counts.
    #[serde(default)]
    pub rewrites: Vec<RewriteDocument>,
    /// Sites whose pages embed the images, as hosts: a `Referer` of theirs is not foreign. Default empty, and rules then know
    /// `absent` alone.
    #[serde(default)]
    pub sites: Vec<Spanned<String>>,
    /// What follows from what a URL proves; the first that fits and is not in shadow decides. Default empty: nothing.
    #[serde(default)]
    pub rules: Vec<ImageRuleDocument>,
}

/// An entry of `provenance.rules`: conditions all of which must hold, and one of `rate`, `block` and `free`. For tiers D, E and
/// F.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImageRuleDocument {
    /// Name of the rule, printed in answers and logs as `image.<name>`: 1 to 64 of `a-z 0-9 _`.
    pub name: Spanned<String>,
    /// What the seal is worth, one of them: `none`, `unsigned`, `malformed`, `unknown_key`, `forged`, `early`, `stale`,
    /// `valid`. At least one.
    pub statuses: Vec<Spanned<String>>,
    /// Sources by name. Default any.
    #[serde(default)]
    pub sources: Vec<Spanned<String>>,
    /// Paths: `/a.png`, or with one `*` for anything: `/*.png`. Default any of the hosts that carry provenance.
    #[serde(default)]
    pub paths: Vec<Spanned<String>>,
    /// Age of the seal, such as `7d`, above which the rule applies. Default any, also none.
    pub older_than: Option<Spanned<String>>,
    /// Whose page embeds the image. Default anybody's.
    pub referer: Option<Spanned<RefererKind>>,
    /// Requests per client (an IPv4 address, an IPv6 /64), such as `20/s`.
    pub rate: Option<Spanned<String>>,
    /// Whether the request is refused.
    #[serde(default)]
    pub block: bool,
    /// Whether the request passes without being counted by the limits; GET and HEAD of the image alone. Default `false`.
    #[serde(default)]
    pub free: bool,
    /// Whether the rule is tried only: `would` says what it would have done, and the rules after it go on. Default `false`.
    #[serde(default)]
    pub shadow: bool,
}

/// Whose page a request says that it comes from, by `Referer` (RFC 9110 section 10.1.3).
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum RefererKind {
    /// One of `provenance.sites`.
    Own,
    /// Any other.
    Foreign,
    /// None is said.
    Absent,
}

/// Names of the provenance parameters, compared byte for byte after decoding.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ParametersDocument {
    /// The site that the URL was made for. Default `utm_source`.
    pub site: Spanned<String>,
    /// The software component that made the URL. Default `utm_campaign`.
    pub generator: Spanned<String>,
    /// What is asked for: original, thumbnail, …. Default `utm_content`.
    pub format: Spanned<String>,
    /// The seal. Default `utm_term`.
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
    /// File that holds the secret: at least 32 bytes, byte for byte; not readable by others.
    pub file: Spanned<PathBuf>,
    /// Whether new seals are made with this key; `true` for at most one. Default `false`.
    #[serde(default)]
    pub sign: bool,
}

/// An entry of `provenance.sources`: a class of generators with one maximum age. `unknown` is no name: it is what generators go
/// by that no source names.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceDocument {
    /// The generators of this class, compared byte for byte; each in one source.
    pub generators: Vec<Spanned<String>>,
    /// Age above which a seal is stale, such as `35d`; at least `granularity`.
    pub max_age: Spanned<String>,
    /// What the signer rounds the time down to, so that a page rendered twice yields one URL. Default `1d`.
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

/// An entry of `provenance.rewrites`. Signers need the same ones.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RewriteDocument {
    /// Regular expression for the whole of a normalised path, in the syntax of Rust's `regex`; matched in linear time.
    pub pattern: Spanned<String>,
    /// The file's own path; `$1` to `$9` stand for the groups of the pattern.
    pub replacement: Spanned<String>,
}
