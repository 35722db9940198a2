//! A request to be judged, as a line of JSON or as the options of a command.
//!
//! `line`: the JSON of one request. `flags`: what somebody who knows curl writes.

mod flags;
mod line;

pub use flags::{Flags, split_url};
pub use line::{LineError, RequestLine};
