use serde::Deserialize;
use serde_saphyr::Spanned;

/// An entry of section `limits`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitDocument {
    /// Name of the limit, printed in answers and metrics: lower-case letters, digits and `_`.
    pub name: Spanned<String>,
    /// What is counted.
    pub key: LimitKeyKind,
    /// Requests per time, such as `50/s`, `600/m`, `1000/h`.
    pub rate: Spanned<String>,
    /// Requests that may come at once. Default: the count of `rate`.
    pub burst: Option<Spanned<u32>>,
    /// Leading bits of an IPv4 address that make one client, 1 to 32. Default 32.
    pub ipv4_prefix: Option<Spanned<u8>>,
    /// Leading bits of an IPv6 address that make one client, 1 to 128. Default 64.
    pub ipv6_prefix: Option<Spanned<u8>>,
}

/// What a limit counts by.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum LimitKeyKind {
    /// The prefix of the client's address.
    Ip,
}
