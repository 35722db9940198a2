//! Nothing that a client asks for becomes a tunnel, in which what follows would be judged by nobody; WebSocket alone may.

#![allow(clippy::unwrap_used, reason = "in the functions of a test too, a panic is the report")]

use std::net::Ipv4Addr;

use e2e::ask::LIBRARY;
use e2e::http::RawRequest;
use e2e::{Answer, Chain, Setup};

const FROM: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 1);

/// What a request with these further headers gets; the origin answers with the head that reached it.
fn ask(chain: &Chain, line: &str, further: &[(&str, &[u8])]) -> Answer {
    let usual = [("Host", &b"upload.wikimedia.org"[..]), ("User-Agent", LIBRARY.as_bytes())];
    let headers = usual.into_iter().chain(further.iter().copied());
    RawRequest::new("tunnel", FROM, line, headers).ask(chain.proxied).unwrap()
}

#[test]
fn an_upgrade_to_http2_in_clear_text_does_not_reach_the_origin() {
    let chain = Chain::start(&Setup::default().patient().without_varnish()).unwrap();
    for upgrade in [&b"h2c"[..], b"H2C", b"h2c, websocket2", b"TLS/1.0"] {
        let headers = [
            ("Upgrade", upgrade),
            ("Connection", b"Upgrade, HTTP2-Settings"),
            ("HTTP2-Settings", b"AAMAAABk"),
        ];
        let reached = ask(&chain, "GET /robots.txt HTTP/1.1", &headers).text().to_lowercase();
        assert!(reached.starts_with("get /robots.txt"), "{reached}");
        assert!(!reached.contains("\nupgrade:") && !reached.contains("connection: upgrade"), "{reached}");
    }
}

#[test]
fn websocket_passes_and_nothing_beside_it() {
    let chain = Chain::start(&Setup::default().patient().without_varnish()).unwrap();
    for upgrade in [&[("Upgrade", &b"WebSocket"[..])][..], &[("Upgrade", b"websocket"), ("Upgrade", b"h2c")]]
    {
        let reached = ask(&chain, "GET /robots.txt HTTP/1.1", upgrade).text().to_lowercase();
        let upgrades: Vec<_> = reached.lines().filter(|line| line.starts_with("upgrade:")).collect();
        assert_eq!(upgrades, ["upgrade: websocket"], "{reached}");
        assert!(!reached.contains("h2c"), "{reached}");
    }
}

#[test]
fn connect_is_refused() {
    let chain = Chain::start(&Setup::default().patient().without_varnish()).unwrap();
    let answer = ask(&chain, "CONNECT upload.wikimedia.org:443 HTTP/1.1", &[]);
    assert_eq!(answer.status, 405, "{answer:?}");
}
