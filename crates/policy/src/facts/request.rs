use std::net::IpAddr;

use super::Headers;

/// What a proxy knows of one request. Each part may be missing; what that means is decided where it is used, and unknown
/// is never read as allowed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Request<'a> {
    /// Address of the client. Missing: no network is known and all such requests share one limit.
    pub ip: Option<IpAddr>,
    /// `Host` as sent, with port.
    pub host: &'a [u8],
    /// Path as sent, without the query.
    pub path: &'a [u8],
    /// Query as sent, without `?`.
    pub query: Option<&'a [u8]>,
    /// The headers that policies look at.
    pub headers: Headers<'a>,
}
