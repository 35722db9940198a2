use serde::Deserialize;
use serde_saphyr::Spanned;

/// An entry of section `limits`; at most 48 of them and their rungs (`docs/limits.md`). All limits that concern a request must
/// admit it; what one refuses is charged to none.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitDocument {
    /// Name of the limit, printed in answers and logs as `limit.<name>`: 1 to 64 of `a-z 0-9 _`.
    pub name: Spanned<String>,
    /// Tiers that are counted, `B` to `F`. Default `[D, E, F]`.
    #[serde(default)]
    pub tiers: Vec<Spanned<String>>,
    /// Classes of user agents that are counted. Default: all.
    #[serde(default)]
    pub classes: Vec<Spanned<String>>,
    /// Browser score from which on requests are counted, 0 to 100. Default `0`.
    pub score_from: Option<Spanned<u8>>,
    /// Browser score below which requests are counted, 1 to 101. Default `101`.
    pub score_below: Option<Spanned<u8>>,
    /// What is counted by. A request that has no such thing counts by its address. A policy with a limit by `contact` or
    /// `cookie`, which clients choose, has one by `ip` for the same clients.
    pub key: LimitKeyKind,
    /// With `key: cookie`, and only then: the name of the cookie.
    pub cookie: Option<Spanned<String>>,
    /// Requests per time, such as `50/s`, `600/m`, `1000/h`; at most 1,000,000 a second.
    pub rate: Spanned<String>,
    /// Requests that may come at once, 1 or more; they come back within 365 days. Default: the count of `rate`.
    pub burst: Option<Spanned<u32>>,
    /// How long a client that has exceeded the limit is refused everything, such as `60s`; it then begins anew. At least as
    /// long as the burst takes to come back, at most 365 days; not with `key: contact`. Default: until the next request is
    /// within the rate.
    pub hold: Option<Spanned<String>>,
    /// Leading bits of an IPv4 address that make one client, 1 to 32. Default `32`.
    pub ipv4_prefix: Option<Spanned<u8>>,
    /// Leading bits of an IPv6 address that make one client, 1 to 128. Default `64`.
    pub ipv6_prefix: Option<Spanned<u8>>,
    /// Shorter IPv6 prefixes that are counted as well, each with its multiple of rate and burst. Default empty: `ipv6_prefix`
    /// alone.
    #[serde(default)]
    pub ipv6_ladder: Vec<RungDocument>,
    /// What requests to some paths cost; the first that matches counts. Default empty: each request costs 1.
    #[serde(default)]
    pub costs: Vec<CostDocument>,
    /// Whether the limit is tried only: nobody is refused, and `would` says who would have been. Default `false`.
    #[serde(default)]
    pub shadow: bool,
}

/// What a limit counts by.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum LimitKeyKind {
    /// The prefix of the client's address.
    Ip,
    /// The contact that the user agent names.
    Contact,
    /// The session's subject, by its keyed hash.
    Subject,
    /// The known client: a verified crawler by its id, else the network of kind `client` by its name.
    Client,
    /// The value of a cookie that is unique to a browser.
    Cookie,
}

/// A rung of `ipv6_ladder`: a wider prefix, which neighbours share. It has no `hold`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RungDocument {
    /// Leading bits, 1 or more, fewer than those of the rung before and than `ipv6_prefix`.
    pub prefix: Spanned<u8>,
    /// How many times the rate and the burst of the limit the whole prefix has; more than the rung before.
    pub times: Spanned<u32>,
}

/// An entry of `costs`. A path that an origin may resolve to another one costs the most of the list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CostDocument {
    /// A path, or with one `*` for anything: `/static/*`.
    pub path: Spanned<String>,
    /// What a request counts as, at most the burst; 0 for what is free.
    pub cost: Spanned<u32>,
}
