//! Who answers which path.

use std::net::IpAddr;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{
    ACCEPT, ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, HeaderName, HeaderValue,
};
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use tracing::info;

use super::explain::Explanation;
use super::host::is_of_this_machine;
use super::parameters::Parameters;
use super::{Context, page};
use crate::args;
use crate::lifecycle::Phase;
use crate::metrics::{self, Format};

const TEXT: &str = "text/plain; charset=utf-8";
const JSON: &str = "application/json";
const HTML: &str = "text/html; charset=utf-8";

/// An answer before it is HTTP.
struct Reply {
    status: StatusCode,
    content_type: &'static str,
    body: String,
}

impl Reply {
    fn ok(content_type: &'static str, body: String) -> Self {
        Self { status: StatusCode::OK, content_type, body }
    }

    fn text(status: StatusCode, text: impl Into<String>) -> Self {
        Self { status, content_type: TEXT, body: format!("{}\n", text.into()) }
    }
}

/// Answers a request of `peer`, whose address is not known over a unix socket. Nothing of the body is read.
pub(super) fn answer(
    context: &Context,
    peer: Option<IpAddr>,
    request: &Request<Incoming>,
) -> Response<Full<Bytes>> {
    let (path, query) = (request.uri().path(), request.uri().query().unwrap_or_default());
    context.requests.count(path);
    let reply = match misdirected(context, peer, request.headers()) {
        Some(reply) => reply,
        None => reply(context, peer, request.method(), path, query, request.headers()),
    };
    let mut response = Response::new(Full::new(Bytes::from(reply.body)));
    *response.status_mut() = reply.status;
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value| drop(headers.insert(name, HeaderValue::from_static(value)));
    set(CONTENT_TYPE, reply.content_type);
    set(CACHE_CONTROL, "no-store");
    set(HeaderName::from_static("x-content-type-options"), "nosniff");
    if reply.content_type == HTML {
        set(CONTENT_SECURITY_POLICY, page::CONTENT_SECURITY_POLICY);
    }
    if reply.status == StatusCode::METHOD_NOT_ALLOWED {
        set(ALLOW, if path == "/log-level" { "GET, HEAD, PUT" } else { "GET, HEAD" });
    }
    response
}

/// The answer to a page in a browser that has come here by a name of its own, or from a site of its own (Fetch Metadata): by `ssh -L` a
/// browser reaches this address, and with it every page that is open there.
fn misdirected(context: &Context, peer: Option<IpAddr>, headers: &HeaderMap) -> Option<Reply> {
    // A browser always names a host; health checks by HTTP/1.0 need not.
    let named = headers.contains_key(HOST);
    let allowed = !context.local || peer.is_none() || !named || is_of_this_machine(header(headers, &HOST));
    if !allowed {
        let told = "ask by an IP address, or by localhost";
        return Some(Reply::text(StatusCode::MISDIRECTED_REQUEST, told));
    }
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    matches!(site, Some(b"cross-site" | b"same-site"))
        .then(|| Reply::text(StatusCode::FORBIDDEN, "pages of other sites have nothing to ask here"))
}

fn reply(
    context: &Context,
    peer: Option<IpAddr>,
    method: &Method,
    path: &str,
    query: &str,
    headers: &HeaderMap,
) -> Reply {
    let reads = matches!(*method, Method::GET | Method::HEAD);
    match path {
        "/log-level" if *method == Method::PUT => set_log_level(context, query),
        "/" | "/metrics" | "/healthz" | "/readyz" | "/explain" | "/log-level" if !reads => {
            Reply::text(StatusCode::METHOD_NOT_ALLOWED, "this is only read")
        }
        "/" => Reply::ok(HTML, page::render(context)),
        "/metrics" => {
            let format = Format::accepted(header(headers, &ACCEPT));
            Reply::ok(format.content_type(), metrics::render(context, format))
        }
        "/healthz" => Reply::text(StatusCode::OK, "ok"),
        "/readyz" => match context.lifecycle.phase() {
            Phase::Ready => Reply::text(StatusCode::OK, "ready"),
            phase => Reply::text(StatusCode::SERVICE_UNAVAILABLE, phase.as_str()),
        },
        "/explain" => match Parameters::parse(query) {
            Ok(asked) => match Explanation::of(context, &asked, peer, headers) {
                Ok(explanation) if asked.json || header(headers, &ACCEPT).contains(JSON) => {
                    Reply::ok(JSON, explanation.json())
                }
                Ok(explanation) => Reply::ok(TEXT, explanation.text()),
                Err(why) => Reply::text(StatusCode::SERVICE_UNAVAILABLE, why.to_string()),
            },
            Err(why) => Reply::text(StatusCode::BAD_REQUEST, why),
        },
        "/log-level" => {
            Reply::text(StatusCode::OK, context.log.as_ref().map(|log| log.level()).unwrap_or_default())
        }
        _ => Reply::text(
            StatusCode::NOT_FOUND,
            "there are /, /metrics, /healthz, /readyz, /explain and /log-level",
        ),
    }
}

/// A page of another origin cannot do this: a browser asks first whether it may PUT, and is not told so.
fn set_log_level(context: &Context, query: &str) -> Reply {
    let level = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "level");
    match args::level(level.map(|(_, value)| value).unwrap_or_default().as_ref()) {
        Ok(level) => {
            if let Some(log) = &context.log {
                log.set_level(level);
            }
            info!(%level, "level of the log is another from now on");
            Reply::text(StatusCode::OK, level.as_str().to_ascii_lowercase())
        }
        Err(expected) => Reply::text(StatusCode::BAD_REQUEST, format!("level: {expected}")),
    }
}

fn header<'h>(headers: &'h HeaderMap, name: &HeaderName) -> &'h str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
