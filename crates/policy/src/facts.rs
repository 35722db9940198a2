//! What a proxy knows of one request, borrowed from the proxy's buffers, and the time at which it is judged.

mod headers;
mod request;
mod timestamp;

pub use headers::Headers;
pub use request::Request;
pub use timestamp::{Timestamp, TimestampError};
