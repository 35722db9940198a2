use std::path::PathBuf;

use serde::Deserialize;
use serde_saphyr::Spanned;

/// An entry of section `networks` (`docs/networks.md`). The longest prefix that holds a client's address counts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkDocument {
    /// Name of the network, printed in labels: 1 to 64 of `A-Z a-z 0-9 . _ -`.
    pub name: Spanned<String>,
    /// What the network is.
    pub kind: NetworkKind,
    /// Prefixes in CIDR notation (RFC 4632, RFC 4291 section 2.3), without host bits; a bare address is a prefix of one. Those
    /// of kinds `trusted` and `internal` are at least /8 (IPv4) or /7 (IPv6), those of `client` /8 or /19.
    #[serde(default)]
    pub cidrs: Vec<Spanned<String>>,
    /// File with one prefix a line, `#` begins a comment, or the JSON that crawlers publish; at most 32 MiB. Default none; an
    /// entry has `cidrs`, a `file` or both.
    pub file: Option<Spanned<PathBuf>>,
    /// With `kind: abusive`: whether it is let pass, and `would` says that it would have been refused. Default `false`.
    #[serde(default)]
    pub shadow: Option<Spanned<bool>>,
}

/// What a network is. The label of a request names it, the tier follows from it.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum NetworkKind {
    /// Own networks and partners: tier A, label `net=trusted`.
    Trusted,
    /// Private ranges behind the edge: tier A, label `net=internal`.
    Internal,
    /// A hosting provider: label `cloud=<name>`.
    Cloud,
    /// Known for abuse: tier F, label `abuse=<name>`.
    Abusive,
    /// The ranges of one known client: label `client=<name>`.
    Client,
}
