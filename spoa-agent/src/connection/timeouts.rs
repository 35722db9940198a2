//! The patience of a connection.

use std::time::Duration;

/// How long a connection waits for its peer.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// For the whole hello.
    pub hello: Duration,
    /// For the rest of a frame, from its first byte on. HAProxy writes frames whole.
    pub frame: Duration,
    /// For the next frame. Far above HAProxy's `timeout idle`: it is HAProxy that closes, unless its machine is gone.
    pub idle: Duration,
    /// For the peer to take its answers. HAProxy gives up on a request after `timeout processing`, long before.
    pub write: Duration,
    /// For the peer to close after it was told that the connection is over.
    pub close: Duration,
    /// For all that follows the request to stop, or the last turn: answers, goodbye and close.
    pub end: Duration,
}

impl Timeouts {
    /// Timeouts with this one for the hello; 10 seconds for a frame and for writing, 10 minutes for being idle, 1 second for
    /// the peer to close, and 5 seconds for the whole end.
    #[must_use]
    pub const fn with_hello(hello: Duration) -> Self {
        Self {
            hello,
            frame: Duration::from_secs(10),
            idle: Duration::from_secs(600),
            write: Duration::from_secs(10),
            close: Duration::from_secs(1),
            end: Duration::from_secs(5),
        }
    }

    /// The same with another deadline for the whole end.
    #[must_use]
    pub const fn with_end(self, end: Duration) -> Self {
        Self { end, ..self }
    }
}
