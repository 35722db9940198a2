use std::borrow::Cow;

use memchr::memmem::Finder;

use super::directive::{Field, Piece, pieces};
use super::escape::{closing_quote, unescape};
use super::request_line::{read, target, version_of};
use super::{Clock, Skip};
use crate::replay::Record;

/// A format string, compiled: what stands before the first field, then fields, each with what ends it.
#[derive(Clone, Debug)]
pub struct Layout {
    start: Box<[u8]>,
    parts: Box<[Part]>,
}

#[derive(Clone, Debug)]
struct Part {
    field: Field,
    /// Whether the field stands between quotes, and what ends it begins with one.
    is_quoted: bool,
    /// What ends the field; nothing for the last, or where a query follows a path.
    end: Finder<'static>,
    /// How often what ends it stands within the field itself.
    inner_ends: usize,
}

/// Why a format cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LayoutError {
    /// No name and no format string.
    #[error(
        "\"{0}\" is no format; expected auto, haproxy, combined, common, vhost_combined, varnishncsa, json, or a format string such as '%h %l %u %t \"%r\" %s %b'"
    )]
    Unknown(Box<str>),
    /// A directive that neither Apache nor varnishncsa has.
    #[error("{0} is no directive of Apache or varnishncsa that is known here")]
    Directive(String),
    /// Nothing tells where one field ends and the next begins.
    #[error("two directives stand next to each other: nothing tells where the first ends")]
    Adjacent,
    /// A field that may hold spaces ends at a space.
    #[error("%r and headers may hold spaces: put quotes around them, as in \"%r\" and \"%{{User-agent}}i\"")]
    Unquoted,
    /// Something is missing without which nothing can be judged.
    #[error("the format has no {0}")]
    Missing(&'static str),
}

impl Layout {
    /// Compiles a format string.
    ///
    /// # Errors
    /// If a directive is not known, if the end of a field cannot be told, or if address, time or request are missing.
    pub fn compile(format: &str) -> Result<Self, LayoutError> {
        let mut start = String::new();
        let mut fields: Vec<(Field, bool, String)> = Vec::new();
        for piece in pieces(format)? {
            match (piece, fields.last_mut()) {
                (Piece::Literal(literal), None) => start.push(literal),
                (Piece::Literal(literal), Some((_, _, end))) => end.push(literal),
                (Piece::Field(field), before) => {
                    let between = before.as_ref().map_or(&start, |(_, _, end)| end);
                    let is_quoted = between.ends_with('"');
                    let is_pair =
                        field == Field::Query && before.as_ref().is_some_and(|b| b.0 == Field::Path);
                    if before.is_some_and(|(_, _, end)| end.is_empty()) && !is_pair {
                        return Err(LayoutError::Adjacent);
                    }
                    fields.push((field, is_quoted, String::new()));
                }
            }
        }
        let has = |one: &dyn Fn(&Field) -> bool| fields.iter().any(|(field, ..)| one(field));
        if !has(&|field| *field == Field::Ip) {
            return Err(LayoutError::Missing("address of the client (%h or %a)"));
        }
        if !has(&|field| matches!(field, Field::NcsaTime | Field::EpochTime(_) | Field::Strftime(_))) {
            return Err(LayoutError::Missing("time (%t)"));
        }
        if !has(&|field| matches!(field, Field::Request | Field::Path)) {
            return Err(LayoutError::Missing("request (%r, or %m, %U and %q)"));
        }
        let parts = fields.into_iter().map(|(field, opened, end)| Part::new(field, opened, &end));
        Ok(Self { start: start.into_bytes().into(), parts: parts.collect::<Result<_, _>>()? })
    }

    /// Whether a line tells the header of this name.
    pub(super) fn has_header(&self, name: &str) -> bool {
        let is = |field: &Field| match field {
            Field::Header(header) => header.eq_ignore_ascii_case(name.as_bytes()),
            Field::Host => name.eq_ignore_ascii_case("host"),
            _ => false,
        };
        self.parts.iter().any(|part| is(&part.field))
    }

    /// Reads a line. What follows the last field behind a space is left alone: many sites add fields to a known format.
    pub(super) fn parse<'l>(&self, line: &'l [u8], clock: &mut Clock) -> Result<Record<'l>, Skip> {
        let mut record = Record::default();
        let mut no_request = None;
        let mut rest = line.strip_prefix(&*self.start).ok_or(Skip::Unparsed("begins otherwise"))?;
        for part in &self.parts {
            let (value, after) = part.split(rest).ok_or_else(|| Skip::Unparsed(part.field.missing()))?;
            match part.field.take(value, &mut record, clock) {
                Ok(()) => {}
                // Whether the rest is a line of this format tells one that sent nothing from one that is something else.
                Err(Skip::NoRequest) => no_request = Some(Skip::NoRequest),
                Err(unparsed) => return Err(unparsed),
            }
            rest = after;
        }
        if !(rest.is_empty() || rest.starts_with(b" ")) {
            return Err(Skip::Unparsed("more than the format has"));
        }
        no_request.map_or(Ok(record), Err)
    }
}

impl Part {
    fn new(field: Field, opened: bool, end: &str) -> Result<Self, LayoutError> {
        let is_quoted = opened && end.starts_with('"');
        if !is_quoted && end.starts_with(' ') && matches!(field, Field::Request | Field::Header(_)) {
            return Err(LayoutError::Unquoted);
        }
        let inner_ends = match &field {
            Field::Strftime(format) if !end.is_empty() => format.matches(end).count(),
            _ => 0,
        };
        Ok(Self { field, is_quoted, end: Finder::new(end).into_owned(), inner_ends })
    }

    /// The field at the start of `rest`, and what follows its end.
    fn split<'l>(&self, rest: &'l [u8]) -> Option<(&'l [u8], &'l [u8])> {
        let needle = self.end.needle();
        let at = match needle {
            _ if self.is_quoted => {
                let at = closing_quote(rest)?;
                rest.get(at..)?.starts_with(needle).then_some(at)?
            }
            // The query that follows begins with its question mark, or is empty.
            [] if self.field == Field::Path => memchr::memchr2(b'?', b' ', rest).unwrap_or(rest.len()),
            // The last of a line.
            [] if matches!(self.field, Field::Header(_) | Field::Request) => rest.len(),
            [] => memchr::memchr(b' ', rest).unwrap_or(rest.len()),
            [byte] if self.inner_ends == 0 => memchr::memchr(*byte, rest)?,
            _ => {
                let mut at = self.end.find(rest)?;
                for _ in 0..self.inner_ends {
                    let from = at.checked_add(needle.len())?;
                    at = from.checked_add(self.end.find(rest.get(from..)?)?)?;
                }
                at
            }
        };
        let (value, after) = rest.split_at_checked(at)?;
        Some((value, after.get(needle.len()..)?))
    }
}

impl Field {
    /// Why a line that ends before this field is none.
    fn missing(&self) -> &'static str {
        match self {
            Self::Ip => "no address",
            Self::NcsaTime | Self::EpochTime(_) | Self::Strftime(_) => "no time",
            Self::Request | Self::Method | Self::Path | Self::Query | Self::Protocol => "no request",
            Self::Header(_) => "no header",
            Self::Status => "no status",
            Self::Skipped | Self::Host => "too few fields",
        }
    }

    fn take<'l>(&self, value: &'l [u8], record: &mut Record<'l>, clock: &mut Clock) -> Result<(), Skip> {
        let time = |time| Ok(Some(Option::ok_or(time, Skip::Unparsed("the time is none"))?));
        match self {
            Self::Skipped => {}
            Self::Ip => record.ip = address(value)?,
            Self::NcsaTime => record.time = time(clock.ncsa(value))?,
            Self::EpochTime(units) => record.time = time(Clock::epoch(value, *units))?,
            Self::Strftime(format) => record.time = time(clock.strftime(format, value))?,
            Self::Request => return read(value, unescape, record),
            Self::Method if matches!(value, b"" | b"-") => return Err(Skip::NoRequest),
            Self::Method => record.method = unescape(value),
            // The query has a directive of its own.
            Self::Path => target(value, unescape, record),
            Self::Query => {
                let query = value.strip_prefix(b"?").unwrap_or(value);
                record.query = (!matches!(query, b"" | b"-")).then(|| unescape(query));
            }
            Self::Protocol => record.connection.version = version_of(value),
            Self::Host if record.host.is_empty() && value != b"-" => record.host = Cow::Borrowed(value),
            Self::Host => {}
            Self::Status => record.status = str::from_utf8(value).ok().and_then(|status| status.parse().ok()),
            Self::Header(name) => record.record(name, unescape(value)),
        }
        Ok(())
    }
}

/// An address; `-` is one that is not known.
pub(super) fn address(text: &[u8]) -> Result<Option<std::net::IpAddr>, Skip> {
    if text == b"-" {
        return Ok(None);
    }
    let address = str::from_utf8(text).ok().and_then(|text| text.parse().ok());
    address.map(Some).ok_or(Skip::Unparsed("the client's address is none"))
}
