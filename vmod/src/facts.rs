//! What Varnish knows of a request, as the policy asks for it.

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
    let (headers, forwarded_proto) = headers(policy.headers(), http);
    let is_proxy = peer.remote.is_some_and(|remote| policy.is_trusted_proxy(remote));
    let connection = if is_proxy { behind_proxy(forwarded_proto) } else { direct(http.proto().map(bytes)) };
    let method = http.method().map(bytes).unwrap_or_default();
    Request { ip: peer.client, method, headers, connection, ..request }
}

/// All headers, and the last line of `X-Forwarded-Proto`.
fn headers<'a>(mut headers: Headers<'a>, http: &'a HttpHeaders<'_>) -> (Headers<'a>, Option<&'a [u8]>) {
    let mut forwarded_proto = None;
    for (name, value) in http {
        let value = bytes(value);
        if name.eq_ignore_ascii_case("x-forwarded-proto") {
            forwarded_proto = Some(value);
        }
        headers.record(name.as_bytes(), value);
    }
    (headers, forwarded_proto)
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
    fn a_client_that_speaks_to_varnish_itself_is_known_by_its_version_alone() {
        let known = |proto: &'static [u8]| direct(Some(proto));
        assert_eq!(
            known(b"HTTP/1.1"),
            Connection { version: Some(HttpVersion::Http11), ..Connection::default() }
        );
        assert_eq!((known(b"HTTP/\xff"), direct(None)), (Connection::default(), Connection::default()));
    }
}
