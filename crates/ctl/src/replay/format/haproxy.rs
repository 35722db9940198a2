//! Lines of HAProxy behind `option httplog`, or by the `log-format` of haproxy/haproxy.cfg.
//!
//! ```text
//! <syslog header> 192.0.2.7:4711 [20/Nov/2026:14:35:06.123] edge cache/varnish 0/0/0/1/1 200 512 - - ---- 1/1/0/0/0 0/0 {captures} "GET / HTTP/1.1"
//!                 ╰─ %ci:%cp      ╰─ %tr                    ╰ %ft %b/%s        ╰ times    ╰ %ST          … or key=value … request="GET / HTTP/1.1"
//! ```
//!
//! Whatever stands before the address is a header of syslog or the journal and is passed over. A client writes nothing before
//! the captures, so the first place that looks like address and time is it.

use std::net::IpAddr;

use super::escape::{closing_quote, decode_hashes, unescape};
use super::request_line::read;
use super::{Clock, Skip};
use crate::replay::Record;
use crate::replay::record::Text;

/// What `capture request header` notes, in its order: header names in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Captures {
    /// Names of what stands in `{…|…}`, or of what keys tell.
    pub names: Vec<Box<str>>,
    /// Whether lines tell by `key=value`.
    pub keys: bool,
}

impl Captures {
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.iter().any(|known| known.eq_ignore_ascii_case(name))
    }
}

pub(super) fn parse<'l>(line: &'l [u8], captures: &Captures, clock: &mut Clock) -> Result<Record<'l>, Skip> {
    let mut record = Record::default();
    let rest = start(line, &mut record, clock)?;
    let mut words = rest.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    // Frontend, backend/server, times, status.
    record.status = match words.nth(3) {
        // Given up before there was an answer.
        Some(b"-1") => None,
        word => Some(word.and_then(status).ok_or(Skip::Unparsed("no status: not a line of mode http"))?),
    };
    if captures.keys {
        keys(rest, &mut record)?;
    } else {
        httplog(rest, captures, &mut record)?;
    }
    Ok(record)
}

/// A status of HTTP: tcplog has the number of bytes in its place.
fn status(word: &[u8]) -> Option<u16> {
    str::from_utf8(word).ok()?.parse().ok().filter(|status| (100..1000).contains(status) && word.len() == 3)
}

/// Reads address and time, and returns what follows.
fn start<'l>(line: &'l [u8], record: &mut Record<'l>, clock: &mut Clock) -> Result<&'l [u8], Skip> {
    /// Longer than any time in brackets: a line of many brackets is read once and not once for each.
    const TIME_BYTES: usize = 40;
    for bracket in memchr::memmem::find_iter(line, b" [") {
        let (before, after) = line.split_at_checked(bracket).unwrap_or_default();
        let Some((time, rest)) = after.get(2..).and_then(|after| {
            let end = memchr::memchr(b']', after.get(..TIME_BYTES).unwrap_or(after))?;
            Some((clock.ncsa(after.get(..end)?)?, after.get(end.saturating_add(1)..)?))
        }) else {
            continue;
        };
        let client = before.rsplit(|byte| *byte == b' ').next().unwrap_or_default();
        record.ip = Some(client_address(client).ok_or(Skip::Unparsed("the client's address is none"))?);
        record.time = Some(time);
        return Ok(rest);
    }
    Err(Skip::Unparsed("no time in brackets"))
}

/// The address of `%ci:%cp`: the last colon stands before the port, also behind an IPv6 address without brackets.
fn client_address(client: &[u8]) -> Option<IpAddr> {
    let (address, _) = str::from_utf8(client).ok()?.rsplit_once(':')?;
    address.trim_matches(['[', ']']).parse().ok()
}

/// Reads captures and request at the end of `option httplog`. HAProxy encodes quotes and braces that a client sends.
fn httplog<'l>(rest: &'l [u8], captures: &Captures, record: &mut Record<'l>) -> Result<(), Skip> {
    let (before, request) = quoted_at_end(rest).ok_or(Skip::Unparsed("cut off: no closing quote"))?;
    if let Some(group) = request_captures(before) {
        for (name, value) in captures.names.iter().zip(group.split(|byte| *byte == b'|')) {
            record.record(name.as_bytes(), decode_hashes(value));
        }
    }
    read(request, decode_hashes, record)
}

/// What stands in quotes at the end, and what stands before it.
fn quoted_at_end(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let inner = rest.trim_ascii_end().strip_suffix(b"\"")?;
    let quote = memchr::memrchr(b'"', inner)?;
    Some((inner.get(..quote)?, inner.get(quote.checked_add(1)?..)?))
}

/// What stands in the braces of the request's captures, which a response's may follow. Read from the end: in front of the captures stand
/// cookies as they were sent, within them braces are encoded.
fn request_captures(before: &[u8]) -> Option<&[u8]> {
    let (before, last) = group_at_end(before)?;
    Some(group_at_end(before).map_or(last, |(_, first)| first))
}

/// What stands in braces at the end, and what stands before it.
fn group_at_end(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let inner = text.trim_ascii_end().strip_suffix(b"}")?;
    let brace = memchr::memrchr(b'{', inner)?;
    Some((inner.get(..brace)?, inner.get(brace.checked_add(1)?..)?))
}

/// How many captures a line has.
pub(super) fn count_captures(line: &[u8]) -> usize {
    let before = quoted_at_end(line).map_or(&b""[..], |(before, _)| before);
    request_captures(before).map_or(0, |group| group.split(|byte| *byte == b'|').count())
}

/// Whether a line tells by `key=value`.
pub(super) fn has_keys(line: &[u8]) -> bool {
    memchr::memmem::find(line, b" request=\"").is_some()
}

/// The keys of headers that one of these lines has, and the headers' names.
pub(super) fn keyed(lines: &[&[u8]]) -> Vec<Box<str>> {
    let told = |key: &str| lines.iter().any(|line| memchr::memmem::find(line, key.as_bytes()).is_some());
    let headers = [(" ua=", "user-agent"), (" host=", "host")];
    headers.into_iter().filter(|(key, _)| told(key)).map(|(_, name)| name.into()).collect()
}

/// Reads `key=value` and `key="value"` up to the end. Quoted values are escaped as RFC 5424 section 6.3.3 has it (`%{+E}`).
fn keys<'l>(rest: &'l [u8], record: &mut Record<'l>) -> Result<(), Skip> {
    let mut rest = rest;
    let (mut request, mut class) = (None, None);
    while !rest.is_empty() {
        let end = memchr::memchr2(b' ', b'=', rest).unwrap_or(rest.len());
        let (key, after) = rest.split_at_checked(end).unwrap_or_default();
        let (value, after): (Text<'l>, _) = match after {
            [b'=', b'"', quoted @ ..] => {
                let end = closing_quote(quoted).ok_or(Skip::Unparsed("cut off: no closing quote"))?;
                let (value, after) = quoted.split_at_checked(end).unwrap_or_default();
                if key == b"request" {
                    request = Some(value);
                }
                (unescape(value), after.get(1..).unwrap_or_default())
            }
            [b'=', plain @ ..] => {
                let end = memchr::memchr(b' ', plain).unwrap_or(plain.len());
                let (value, after) = plain.split_at_checked(end).unwrap_or_default();
                (value.into(), after)
            }
            _ => (Text::default(), after),
        };
        match key {
            b"ua" => record.record(b"user-agent", value),
            b"host" => record.record(b"host", value),
            b"class" => class = Some(value),
            _ => {}
        }
        rest = after.trim_ascii_start();
    }
    // The agent has seen a user agent that the line lacks: the capture stands behind the rule that refused.
    if record.user_agent.is_none() && class.is_some_and(|class| !matches!(&*class, b"" | b"-" | b"none")) {
        return Err(Skip::Unparsed("its user agent was not captured: see docs/replay.md"));
    }
    read(request.ok_or(Skip::Unparsed("no request=\"…\""))?, decode_hashes, record)
}
