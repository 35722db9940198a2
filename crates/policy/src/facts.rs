//! What a proxy knows of one request, borrowed from the proxy's buffers, and the time at which it is judged.

mod browser_hints;
mod connection;
mod forwarded;
mod headers;
mod request;
mod timestamp;
mod url;

pub(crate) mod host;
pub(crate) mod path;
mod path_pattern;

pub use browser_hints::BrowserHints;
pub use connection::{Connection, HttpVersion, TlsLabel, UnknownHttpVersion, UnknownTlsLabel};
pub(crate) use forwarded::{ForwardedFor, client_address};
pub(crate) use headers::HeaderSet;
pub use headers::{Headers, WatchedHeaders};
pub(crate) use path_pattern::{NormalPath, PathPattern};
pub use request::Request;
pub use timestamp::{Timestamp, TimestampError};
pub use url::{UnknownScheme, Url};
