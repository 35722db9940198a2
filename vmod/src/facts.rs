//! What Varnish knows of a request, as the policy asks for it.

use std::net::IpAddr;

use policy::facts::Connection;
use policy::{Headers, Policy, Request};
use varnish::vcl::{Ctx, HttpHeaders};

use crate::peer::Peer;
use crate::request::{RequestUrl, bytes};

/// The facts of the request at hand, whose host and URL are `url`: VCL may have stripped them since.
pub(crate) fn request<'a>(policy: &'a Policy, ctx: &'a Ctx<'_>, url: RequestUrl<'a>) -> Request<'a> {
    let (path, query) = url.path_and_query();
    let request = Request { host: url.host, path, query, ..Request::default() };
    let Some(http) = ctx.http_req.as_ref().or(ctx.http_bereq.as_ref()) else { return request };
    let peer = Peer::of(ctx);
    let (headers, forwarded_proto) = headers(policy.headers(), http, peer.client);
    let is_proxy = peer.remote.is_some_and(|remote| policy.is_trusted_proxy(remote));
    let connection = if is_proxy { behind_proxy(forwarded_proto) } else { direct(http.proto().map(bytes)) };
    let method = http.method().map(bytes).unwrap_or_default();
    Request { ip: peer.client, method, headers, connection, ..request }
}

/// All headers, and the last line of `X-Forwarded-Proto`.
fn headers<'a>(
    mut headers: Headers<'a>,
    http: &'a HttpHeaders<'_>,
    client: Option<IpAddr>,
) -> (Headers<'a>, Option<&'a [u8]>) {
    let mut forwarded_proto = None;
    for (name, value) in http {
        let value = bytes(value);
        if name.eq_ignore_ascii_case("x-forwarded-proto") {
            forwarded_proto = Some(value);
        }
        if name.eq_ignore_ascii_case("x-forwarded-for") {
            // One line: Varnish joins those that came.
            if let Some(value) = as_it_came(value, client) {
                headers.record(name.as_bytes(), value);
            }
        } else {
            headers.record(name.as_bytes(), value);
        }
    }
    (headers, forwarded_proto)
}

/// `X-Forwarded-For` without `client.ip`, which Varnish has written behind it before `vcl_recv`; `None` where nothing else is in
/// it, and the peer has named nobody.
fn as_it_came(value: &[u8], client: Option<IpAddr>) -> Option<&[u8]> {
    let comma = value.iter().rposition(|byte| *byte == b',');
    let (rest, last) = match comma {
        Some(comma) => (Some(value.get(..comma)?), value.get(comma.saturating_add(1)..)?),
        None => (None, value),
    };
    let last: Option<IpAddr> = str::from_utf8(last.trim_ascii()).ok().and_then(|last| last.parse().ok());
    let is_own =
        client.is_some_and(|client| last.is_some_and(|last| last.to_canonical() == client.to_canonical()));
    if is_own { rest } else { Some(value) }
}

/// The client's connection ends at the proxy, and the version of this one is the proxy's. Whether the client's is over TLS, the
/// proxy says in `X-Forwarded-Proto`; of several lines the last is its own.
fn behind_proxy(forwarded_proto: Option<&[u8]>) -> Connection {
    let tls = match forwarded_proto.map(<[u8]>::trim_ascii) {
        Some(scheme) if scheme.eq_ignore_ascii_case(b"https") => Some(true),
        Some(scheme) if scheme.eq_ignore_ascii_case(b"http") => Some(false),
        _ => None,
    };
    Connection { tls, ..Connection::default() }
}

/// Varnish ends no TLS, and does not know who has done so before it.
fn direct(proto: Option<&[u8]>) -> Connection {
    let version = proto.and_then(|proto| str::from_utf8(proto).ok()?.parse().ok());
    Connection { version, ..Connection::default() }
}

#[cfg(test)]
mod tests {
    use policy::facts::HttpVersion;

    use super::*;

    #[test]
    fn a_proxy_tells_of_tls_by_one_scheme_and_nothing_else() {
        let tls = |value: Option<&str>| behind_proxy(value.map(str::as_bytes)).tls;
        assert_eq!(
            (tls(Some("https")), tls(Some(" HTTPS ")), tls(Some("http"))),
            (Some(true), Some(true), Some(false))
        );
        assert_eq!(
            (tls(None), tls(Some("")), tls(Some("https, http")), tls(Some("wss"))),
            (None, None, None, None)
        );
    }

    #[test]
    fn what_varnish_wrote_behind_the_list_is_taken_off_once() {
        let came = |value: &'static str, client: &str| {
            as_it_came(value.as_bytes(), client.parse().ok()).map(|value| str::from_utf8(value).unwrap())
        };
        assert_eq!(came("203.0.113.7, 127.0.0.1", "127.0.0.1"), Some("203.0.113.7"));
        assert_eq!(came("127.0.0.1, 127.0.0.1", "127.0.0.1"), Some("127.0.0.1"));
        assert_eq!(came("203.0.113.7,::ffff:127.0.0.1", "127.0.0.1"), Some("203.0.113.7"));
        assert_eq!(came("127.0.0.1", "127.0.0.1"), None);
        // VCL may have written a list of its own, which ends with whom it likes.
        assert_eq!(came("203.0.113.7", "127.0.0.1"), Some("203.0.113.7"));
        assert_eq!(came("203.0.113.7, unknown", "127.0.0.1"), Some("203.0.113.7, unknown"));
        assert_eq!(came("203.0.113.7, 127.0.0.1", ""), Some("203.0.113.7, 127.0.0.1"));
        assert_eq!((came("", "127.0.0.1"), came(",", "127.0.0.1")), (Some(""), Some(",")));
    }

    #[test]
    fn a_client_that_speaks_to_varnish_itself_is_known_by_its_version_alone() {
        let known = |proto: &'static [u8]| direct(Some(proto));
        assert_eq!(
            known(b"HTTP/1.1"),
            Connection { version: Some(HttpVersion::Http11), ..Connection::default() }
        );
        assert_eq!((known(b"HTTP/\xff"), direct(None)), (Connection::default(), Connection::default()));
    }
}
