use std::fmt;
use std::net::IpAddr;

use super::{Connection, Headers};

/// What a proxy knows of one request. Each part may be missing; what that means is decided where it is used, and unknown
/// is never read as allowed.
#[derive(Clone, Copy, Default)]
pub struct Request<'a> {
    /// Address of whoever has connected: the client, or a proxy that speaks for it ([`Policy::client_address`]). Missing: no
    /// network is known and all such requests share one limit.
    ///
    /// [`Policy::client_address`]: crate::Policy::client_address
    pub ip: Option<IpAddr>,
    /// Method as sent.
    pub method: &'a [u8],
    /// `Host` as sent, with port.
    pub host: &'a [u8],
    /// Path as sent, without the query.
    pub path: &'a [u8],
    /// Query as sent, without `?`.
    pub query: Option<&'a [u8]>,
    /// The headers that policies look at.
    pub headers: Headers<'a>,
    /// What is known of the connection.
    pub connection: Connection,
}

/// Redacted: a query may hold a seal or a token, and whoever has it has the right that it grants.
impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("ip", &self.ip)
            .field("method", &self.method.escape_ascii().to_string())
            .field("host", &self.host.escape_ascii().to_string())
            .field("path", &self.path.escape_ascii().to_string())
            .field("query_bytes", &self.query.map(<[u8]>::len))
            .field("headers", &self.headers)
            .field("connection", &self.connection)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_keeps_the_query_to_itself() {
        let request = Request { path: b"/a", query: Some(b"utm_term=secret"), ..Request::default() };
        let printed = format!("{request:?}");
        assert!(printed.contains("query_bytes: Some(15)") && !printed.contains("secret"), "{printed}");
    }
}
