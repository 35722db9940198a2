//! The message `check-request` of a NOTIFY, as a request that a policy can judge.

use std::net::IpAddr;

use policy::{Headers, Request};
use spop::{Arg, DataType, HdrsBin, Notify, TypedData};

/// The name of the `spoe-message` section.
pub const MESSAGE: &[u8] = b"check-request";

/// Why a NOTIFY holds no request to judge. None of these can be caused by a client: HAProxy's configuration and its encoder
/// decide what arrives. There is no verdict then, which HAProxy treats as if the agent were away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckRequestError {
    /// Messages of other names, or none.
    #[error("no message named check-request")]
    NoMessage,
    /// An argument with a value of another type than its name promises.
    #[error("argument {name}: expected {expected}, found {found}")]
    UnexpectedType {
        /// The argument.
        name: &'static str,
        /// The types that it may have.
        expected: &'static str,
        /// The one that it has.
        found: DataType,
    },
    /// Bytes that are no message.
    #[error(transparent)]
    Malformed(#[from] spop::Error),
    /// Bytes in `headers` that are no `req.hdrs_bin`.
    #[error("argument headers: {0}")]
    Headers(#[source] spop::Error),
}

/// The arguments that were read so far. NULL and an argument that is not there are the same: nothing is known.
#[derive(Default)]
struct CheckRequest<'a> {
    ip: Option<IpAddr>,
    host: Option<&'a [u8]>,
    path: Option<&'a [u8]>,
    query: Option<&'a [u8]>,
    headers: Option<Headers<'a>>,
    single_headers: Headers<'a>,
}

/// Reads the request of a NOTIFY; of several messages `check-request` the first.
///
/// Headers come in `headers` (`req.hdrs_bin`), or one by one in arguments that are named like them
/// (`user-agent=req.fhdr(user-agent)`). With both, `headers` alone counts: it is what the client sent.
///
/// # Errors
/// See [`CheckRequestError`].
pub fn read<'a>(notify: &Notify<'a>) -> Result<Request<'a>, CheckRequestError> {
    for message in notify.messages() {
        let message = message?;
        if message.name == MESSAGE {
            let mut request = CheckRequest::default();
            for arg in message.args() {
                request.take(arg?)?;
            }
            return Ok(request.into_request());
        }
    }
    Err(CheckRequestError::NoMessage)
}

impl<'a> CheckRequest<'a> {
    fn take(&mut self, arg: Arg<'a>) -> Result<(), CheckRequestError> {
        match arg.name {
            _ if arg.value.is_null() => {}
            b"ip" => self.ip = Some(address("ip", arg.value)?),
            b"host" => self.host = Some(text("host", arg.value)?),
            b"path" => self.path = Some(text("path", arg.value)?),
            b"query" => self.query = Some(text("query", arg.value)?),
            b"headers" => self.headers = Some(headers(arg.value)?),
            // Sent for policies to come; nothing looks at them yet.
            b"method" | b"version" | b"tls" => {}
            name => {
                if let Some(value) = arg.value.as_bytes() {
                    self.single_headers.record(name, value);
                }
            }
        }
        Ok(())
    }

    fn into_request(self) -> Request<'a> {
        Request {
            ip: self.ip,
            host: self.host.unwrap_or_default(),
            path: self.path.unwrap_or_default(),
            query: self.query,
            headers: self.headers.unwrap_or(self.single_headers),
        }
    }
}

fn address(name: &'static str, value: TypedData<'_>) -> Result<IpAddr, CheckRequestError> {
    value.as_ip().ok_or_else(|| unexpected_type(name, "IPV4 or IPV6", value))
}

fn text<'a>(name: &'static str, value: TypedData<'a>) -> Result<&'a [u8], CheckRequestError> {
    value.as_bytes().ok_or_else(|| unexpected_type(name, "STRING or BINARY", value))
}

/// Only BINARY: `req.hdrs`, the headers as text, is a STRING.
fn headers(value: TypedData<'_>) -> Result<Headers<'_>, CheckRequestError> {
    let TypedData::Binary(bytes) = value else {
        return Err(unexpected_type("headers", "BINARY of req.hdrs_bin", value));
    };
    let mut headers = Headers::default();
    for header in HdrsBin::new(bytes) {
        let (name, value) = header.map_err(CheckRequestError::Headers)?;
        headers.record(name, value);
    }
    Ok(headers)
}

#[cold]
fn unexpected_type(name: &'static str, expected: &'static str, value: TypedData<'_>) -> CheckRequestError {
    CheckRequestError::UnexpectedType { name, expected, found: value.data_type() }
}

#[cfg(test)]
mod tests {
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
        look(read(&notify))
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
            assert_eq!(request.ip, Some(ip));
            assert_eq!((request.host, request.path), (&b"example.org"[..], &b"/a.jpg"[..]));
            assert_eq!(request.query, Some(&b"b=c"[..]));
            assert_eq!(request.headers.user_agent(), Some(&b"curl/8.5.0"[..]));
        });
    }

    #[test]
    fn null_is_as_good_as_absent() {
        let null = |name| Arg { name, value: TypedData::Null };
        let names: [&[u8]; 8] =
            [b"ip", b"method", b"host", b"path", b"query", b"version", b"tls", b"headers"];
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
    fn other_messages_are_passed_over() {
        let args = [arg("path", "/a")];
        let messages: [(&str, &[Arg<'_>]); 2] =
            [("log-request", &[arg("path", "/b")]), ("check-request", &args)];
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
    fn a_header_block_that_ends_early_is_no_block_at_all() {
        let whole = hdrs_bin(&[("user-agent", "curl/8.5.0")]);
        for len in 0..whole.len() {
            with(&[("check-request", &[binary(&whole[..len])])], |request| {
                assert!(matches!(request, Err(CheckRequestError::Headers(_))), "{len} bytes");
            });
        }
    }
}
