//! The message `check-request` of a NOTIFY, as a request that a policy can judge.

use std::net::IpAddr;
use std::str::FromStr;

use policy::facts::Connection;
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
    /// The same of an argument of any other name, which is taken for a header. Nobody would notice a user agent that is a
    /// number, except that everybody is judged as if he had none.
    #[error("single header: expected STRING or BINARY, found {found}")]
    SingleHeader {
        /// The type that it has.
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
struct CheckRequest<'a> {
    ip: Option<IpAddr>,
    method: Option<&'a [u8]>,
    host: Option<&'a [u8]>,
    path: Option<&'a [u8]>,
    query: Option<&'a [u8]>,
    connection: Connection,
    headers: Option<Headers<'a>>,
    single_headers: Headers<'a>,
    /// No header yet.
    blank: Headers<'a>,
}

/// Reads the request of a NOTIFY; of several messages `check-request` the first.
///
/// `blank` is what the policy gives to be filled ([`Policy::headers`](policy::Policy::headers)). Headers come in `headers`
/// (`req.hdrs_bin`), or one by one in arguments that are named like them (`user-agent=req.fhdr(user-agent)`). With both,
/// `headers` alone counts: it is what the client sent. The host is that of the argument `host`, else of the header.
///
/// # Errors
/// See [`CheckRequestError`].
pub fn read<'a>(notify: &Notify<'a>, blank: Headers<'a>) -> Result<Request<'a>, CheckRequestError> {
    for message in notify.messages() {
        let message = message?;
        if message.name == MESSAGE {
            let mut request = CheckRequest::new(blank);
            for arg in message.args() {
                request.take(arg?)?;
            }
            return Ok(request.into_request());
        }
    }
    Err(CheckRequestError::NoMessage)
}

impl<'a> CheckRequest<'a> {
    fn new(blank: Headers<'a>) -> Self {
        Self {
            ip: None,
            method: None,
            host: None,
            path: None,
            query: None,
            connection: Connection::default(),
            headers: None,
            single_headers: blank,
            blank,
        }
    }

    fn take(&mut self, arg: Arg<'a>) -> Result<(), CheckRequestError> {
        match arg.name {
            _ if arg.value.is_null() => {}
            b"ip" => self.ip = Some(address("ip", arg.value)?),
            b"method" => self.method = Some(text("method", arg.value)?),
            b"host" => self.host = Some(text("host", arg.value)?),
            b"path" => self.path = Some(text("path", arg.value)?),
            b"query" => self.query = Some(text("query", arg.value)?),
            b"headers" => self.headers = Some(headers(arg.value, self.blank)?),
            // What is no version or label that anybody knows tells nothing, as none at all does.
            b"version" => self.connection.version = named("version", arg.value)?,
            b"tls" => self.connection.tls = Some(boolean("tls", arg.value)?),
            b"tls_label" => self.connection.tls_label = named("tls_label", arg.value)?,
            b"" => {}
            name => self.single_headers.record(name, single_header(arg.value)?),
        }
        Ok(())
    }

    fn into_request(self) -> Request<'a> {
        let headers = self.headers.unwrap_or(self.single_headers);
        Request {
            ip: self.ip,
            method: self.method.unwrap_or_default(),
            host: self.host.or(headers.host()).unwrap_or_default(),
            path: self.path.unwrap_or_default(),
            query: self.query,
            headers,
            connection: self.connection,
        }
    }
}

fn address(name: &'static str, value: TypedData<'_>) -> Result<IpAddr, CheckRequestError> {
    value.as_ip().ok_or_else(|| unexpected_type(name, "IPV4 or IPV6", value))
}

fn text<'a>(name: &'static str, value: TypedData<'a>) -> Result<&'a [u8], CheckRequestError> {
    value.as_bytes().ok_or_else(|| unexpected_type(name, "STRING or BINARY", value))
}

/// A text that names something; `None` where it names nothing that is known.
fn named<T: FromStr>(name: &'static str, value: TypedData<'_>) -> Result<Option<T>, CheckRequestError> {
    let text = text(name, value)?;
    Ok(str::from_utf8(text).ok().and_then(|text| text.parse().ok()))
}

fn boolean(name: &'static str, value: TypedData<'_>) -> Result<bool, CheckRequestError> {
    match value {
        TypedData::Bool(value) => Ok(value),
        _ => Err(unexpected_type(name, "BOOLEAN", value)),
    }
}

fn single_header(value: TypedData<'_>) -> Result<&[u8], CheckRequestError> {
    value.as_bytes().ok_or(CheckRequestError::SingleHeader { found: value.data_type() })
}

/// Only BINARY: `req.hdrs`, the headers as text, is a STRING.
fn headers<'a>(value: TypedData<'a>, blank: Headers<'a>) -> Result<Headers<'a>, CheckRequestError> {
    let TypedData::Binary(bytes) = value else {
        return Err(unexpected_type("headers", "BINARY of req.hdrs_bin", value));
    };
    let mut headers = blank;
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
mod tests;
