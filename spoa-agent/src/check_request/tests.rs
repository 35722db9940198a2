use bytes::BytesMut;
use spop::{Frame, LENGTH_PREFIX, MaxFrameSize, NotifyEncoder};

use super::*;

/// Encodes messages, reads the request back, and hands it to `look`.
fn with<T>(
    messages: &[(&str, &[Arg<'_>])],
    look: impl FnOnce(Result<Request<'_>, CheckRequestError>) -> T,
) -> T {
    let mut bytes = BytesMut::new();
    let mut encoder = NotifyEncoder::begin(&mut bytes, 0, 1, MaxFrameSize::MAX);
    for (name, args) in messages {
        encoder.message(name, args.iter().copied()).unwrap();
    }
    encoder.finish();
    let Frame::Notify(notify) = Frame::parse(&bytes[LENGTH_PREFIX..]).unwrap() else { panic!() };
    look(read(&notify, Headers::default()))
}

fn arg<'a>(name: &'a str, value: impl Into<TypedData<'a>>) -> Arg<'a> {
    Arg { name: name.as_bytes(), value: value.into() }
}

fn hdrs_bin(headers: &[(&str, &str)]) -> BytesMut {
    let mut bytes = BytesMut::new();
    let headers = headers.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()));
    HdrsBin::encode(headers, &mut bytes);
    bytes
}

fn binary(bytes: &[u8]) -> Arg<'_> {
    Arg { name: b"headers", value: TypedData::Binary(bytes) }
}

#[test]
fn reads_what_the_arguments_say() {
    let ip: IpAddr = "2001:db8::7".parse().unwrap();
    let headers = hdrs_bin(&[("host", "example.org"), ("user-agent", "curl/8.5.0")]);
    let args = [
        arg("ip", ip),
        arg("method", "GET"),
        arg("host", "example.org"),
        arg("path", "/a.jpg"),
        arg("query", "b=c"),
        arg("version", "1.1"),
        arg("tls", true),
        binary(&headers),
    ];
    with(&[("check-request", &args)], |request| {
        let request = request.unwrap();
        assert_eq!((request.ip, request.method), (Some(ip), &b"GET"[..]));
        assert_eq!((request.host, request.path), (&b"example.org"[..], &b"/a.jpg"[..]));
        assert_eq!(request.query, Some(&b"b=c"[..]));
        assert_eq!(request.headers.user_agent(), Some(&b"curl/8.5.0"[..]));
    });
}

#[test]
fn null_is_as_good_as_absent() {
    let null = |name| Arg { name, value: TypedData::Null };
    let names: [&[u8]; 8] = [b"ip", b"method", b"host", b"path", b"query", b"version", b"tls", b"headers"];
    with(&[("check-request", &names.map(null))], |request| {
        let request = request.unwrap();
        assert_eq!((request.ip, request.query), (None, None));
        assert_eq!((request.host, request.path), (&b""[..], &b""[..]));
        assert_eq!(request.headers, Headers::default());
    });
    with(&[("check-request", &[])], |request| assert_eq!(request.unwrap().ip, None));
}

#[test]
fn takes_an_argument_of_another_name_for_a_header() {
    let args = [arg("user-agent", "curl/8.5.0"), arg("", "unnamed"), arg("sni", "example.org")];
    with(&[("check-request", &args)], |request| {
        assert_eq!(request.unwrap().headers.user_agent(), Some(&b"curl/8.5.0"[..]));
    });
}

#[test]
fn the_header_block_wins_over_single_headers_wherever_it_stands() {
    let headers = hdrs_bin(&[("user-agent", "from the block")]);
    let mut args = [binary(&headers), arg("user-agent", "single"), arg("api-user-agent", "single")];
    for _ in 0..2 {
        with(&[("check-request", &args)], |request| {
            let headers = request.unwrap().headers;
            assert_eq!(headers.user_agent(), Some(&b"from the block"[..]));
            assert_eq!(headers.api_user_agent(), None);
        });
        args.reverse();
    }
}

#[test]
fn the_host_is_that_of_the_headers_unless_an_argument_says_it() {
    let headers = hdrs_bin(&[("host", "upload.example.org")]);
    let mut args = vec![binary(&headers)];
    with(&[("check-request", &args)], |request| assert_eq!(request.unwrap().host, b"upload.example.org"));
    args.push(Arg { name: b"host", value: TypedData::Null });
    with(&[("check-request", &args)], |request| assert_eq!(request.unwrap().host, b"upload.example.org"));
    args.push(arg("host", "example.org"));
    with(&[("check-request", &args)], |request| assert_eq!(request.unwrap().host, b"example.org"));
}

#[test]
fn other_messages_are_passed_over() {
    let args = [arg("path", "/a")];
    let messages: [(&str, &[Arg<'_>]); 2] = [("log-request", &[arg("path", "/b")]), ("check-request", &args)];
    with(&messages, |request| assert_eq!(request.unwrap().path, b"/a"));
    with(&messages[..1], |request| assert_eq!(request.unwrap_err(), CheckRequestError::NoMessage));
    with(&[], |request| assert_eq!(request.unwrap_err(), CheckRequestError::NoMessage));
}

#[test]
fn says_which_argument_has_the_wrong_type() {
    with(&[("check-request", &[arg("ip", "192.0.2.7")])], |request| {
        assert_eq!(request.unwrap_err().to_string(), "argument ip: expected IPV4 or IPV6, found STRING");
    });
    with(&[("check-request", &[arg("headers", "user-agent: curl\r\n")])], |request| {
        assert_eq!(
            request.unwrap_err().to_string(),
            "argument headers: expected BINARY of req.hdrs_bin, found STRING"
        );
    });
    with(&[("check-request", &[arg("path", 7_u32)])], |request| assert!(request.is_err()));
}

#[test]
fn a_single_header_of_a_wrong_type_is_no_absent_header() {
    let headers = hdrs_bin(&[("user-agent", "curl/8.5.0")]);
    for name in ["user-agent", "api-user-agent", "sni"] {
        for args in [&[arg(name, 1_u32)][..], &[binary(&headers), arg(name, 1_u32)]] {
            with(&[("check-request", args)], |request| {
                assert_eq!(
                    request.unwrap_err().to_string(),
                    "single header: expected STRING or BINARY, found UINT32"
                );
            });
        }
    }
    with(&[("check-request", &[arg("", 1_u32), arg("user-agent", "curl/8.5.0")])], |request| {
        assert_eq!(request.unwrap().headers.user_agent(), Some(&b"curl/8.5.0"[..]));
    });
}

#[test]
fn a_header_block_that_ends_early_is_no_block_at_all() {
    let whole = hdrs_bin(&[("user-agent", "curl/8.5.0")]);
    for len in 0..whole.len() {
        with(&[("check-request", &[binary(&whole[..len])])], |request| {
            assert!(matches!(request, Err(CheckRequestError::Headers(_))), "{len} bytes");
        });
    }
}

#[test]
fn takes_the_host_from_the_argument_or_else_from_the_header() {
    let headers = hdrs_bin(&[("host", "in-the-block.example.org")]);
    let args = [binary(&headers), arg("method", "HEAD")];
    with(&[("check-request", &args)], |request| {
        let request = request.unwrap();
        assert_eq!((request.host, request.method), (&b"in-the-block.example.org"[..], &b"HEAD"[..]));
    });
    let args = [binary(&headers), arg("host", "argument.example.org")];
    with(&[("check-request", &args)], |request| assert_eq!(request.unwrap().host, b"argument.example.org"));
}
