//! From a line of a log to a [`Record`] that borrows from it.
//!
//! 1. [`Format`]: which of them, by name or told by a log's first lines.
//! 2. [`Layout`]: the formats of Apache and varnishncsa, of which the fixed ones are cases.
//! 3. [`haproxy`]: `option httplog`, and `key=value` as haproxy/haproxy.cfg writes it.
//! 4. [`json`]: requests as `explain` reads them.
//! 5. What they share: [`clock`] reads times, [`escape`] what a logger escapes, [`request_line`] `GET /path HTTP/1.1`.

mod detect;
mod directive;
mod haproxy;
mod json;
mod layout;

mod clock;
mod escape;
mod request_line;

pub use clock::{Clock, UtcOffset};
pub use detect::Undetected;
pub use haproxy::Captures;
pub use layout::{Layout, LayoutError};

use std::fmt;
use std::str::FromStr;

use super::Record;

/// How a log is written.
#[derive(Clone, Debug)]
pub enum Format {
    /// By a format string of Apache or varnishncsa.
    Layout {
        /// What it is called.
        name: Box<str>,
        /// The string, compiled.
        layout: Layout,
    },
    /// HAProxy's `option httplog`, or the same with `key=value` as in haproxy/haproxy.cfg.
    HaProxy(Captures),
    /// A request in JSON, one a line.
    Json,
}

/// A format that the command line asks for.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// Whichever fits a log's first lines.
    Auto,
    /// HAProxy's.
    HaProxy,
    /// This one.
    Format(Format),
}

/// Why a line is not judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Skip {
    /// It tells of no HTTP request: of a connection that sent none, or something else.
    NoRequest,
    /// It is not what the format says.
    Unparsed(&'static str),
}

impl Format {
    /// Common Log Format.
    const COMMON: &'static str = r#"%h %l %u %t "%r" %>s %b"#;
    /// The same with Referer and User-Agent.
    const COMBINED: &'static str = r#"%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-agent}i""#;
    /// The same with the virtual host before it.
    const VHOST_COMBINED: &'static str = r#"%v:%p %h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-agent}i""#;

    fn named(name: &str, layout: &str) -> Result<Self, LayoutError> {
        Ok(Self::Layout { name: name.into(), layout: Layout::compile(layout)? })
    }

    /// Reads a line.
    ///
    /// # Errors
    /// Why it is not to be judged.
    pub fn parse<'l>(&self, line: &'l [u8], clock: &mut Clock) -> Result<Record<'l>, Skip> {
        match self {
            Self::Layout { layout, .. } => layout.parse(line, clock),
            Self::HaProxy(captures) => haproxy::parse(line, captures, clock),
            Self::Json => json::parse(line),
        }
    }

    /// Whether a line of this format can tell a header.
    #[must_use]
    pub fn has_header(&self, name: &str) -> bool {
        match self {
            Self::Layout { layout, .. } => layout.has_header(name),
            Self::HaProxy(captures) => captures.has(name),
            Self::Json => true,
        }
    }

    /// Whether a line of this format can tell whether the client spoke TLS.
    #[must_use]
    pub fn has_tls(&self) -> bool {
        matches!(self, Self::Json)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Layout { name, .. } => f.write_str(name),
            Self::HaProxy(_) => f.write_str("haproxy"),
            Self::Json => f.write_str("json"),
        }
    }
}

impl FromStr for Wanted {
    type Err = LayoutError;

    fn from_str(text: &str) -> Result<Self, LayoutError> {
        Ok(Self::Format(match text {
            "auto" => return Ok(Self::Auto),
            "haproxy" => return Ok(Self::HaProxy),
            "json" => Format::Json,
            "common" => Format::named(text, Format::COMMON)?,
            "combined" | "varnishncsa" => Format::named(text, Format::COMBINED)?,
            "vhost_combined" => Format::named(text, Format::VHOST_COMBINED)?,
            _ => {
                let layout = text.strip_prefix("varnishncsa:").unwrap_or(text);
                if !layout.contains('%') {
                    return Err(LayoutError::Unknown(text.into()));
                }
                Format::named(layout, layout)?
            }
        }))
    }
}

#[cfg(test)]
mod tests;
