//! A request in JSON, as `explain` reads it: [`RequestLine`].

use std::borrow::Cow;

use policy::facts::Connection;

use super::Skip;
use crate::replay::Record;
use crate::request::{LineError, RequestLine};

/// Reads a line. Headers are handed on as they are: here nobody writes a `-` for one that was not there.
pub(super) fn parse(line: &[u8]) -> Result<Record<'_>, Skip> {
    let line = RequestLine::parse(line).map_err(|error| {
        Skip::Unparsed(match error {
            LineError::TimeTooLate => "its time is beyond the year 9999: not in seconds",
            _ => "not a request in JSON",
        })
    })?;
    let mut record = Record {
        time: line.time,
        ip: line.ip,
        method: bytes(line.method),
        host: bytes(line.host),
        path: bytes(line.path),
        query: line.query.map(|query| bytes(query.0)),
        connection: Connection { version: line.version, tls: line.tls, tls_label: line.tls_label },
        headers: line.headers.0.into_iter().map(|(name, value)| (bytes(name.0), bytes(value.0))).collect(),
        ..Record::default()
    };
    if record.host.is_empty() {
        record.host = record.header(b"host").unwrap_or_default();
    }
    record.user_agent = record.header(b"user-agent");
    Ok(record)
}

fn bytes(text: Cow<'_, str>) -> Cow<'_, [u8]> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    }
}
