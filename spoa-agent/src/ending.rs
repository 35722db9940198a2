//! Why a connection ended, and how loudly the log says so.

use std::fmt;
use std::io;
use std::time::Instant;

use spop::Status;
use tracing::{debug, warn};

use crate::session::Closed;
use crate::throttle::Throttle;

/// Why a connection ended.
#[derive(Debug, thiserror::Error)]
pub enum Ending {
    /// By the protocol.
    #[error(transparent)]
    Closed(#[from] Closed),
    /// The peer closed it without a word.
    #[error("closed by the peer")]
    Eof,
    /// The peer closed it within a frame.
    #[error("closed by the peer within a frame, {missing} bytes before its end")]
    Truncated {
        /// Bytes that were still to come, at least.
        missing: usize,
    },
    /// It broke. HAProxy resets connections as a matter of course: after a health check, when it stops, when one is idle.
    #[error(transparent)]
    Broken(#[from] io::Error),
    /// The hello did not come in time.
    #[error("no hello in time")]
    NoHello,
    /// The rest of a frame did not come in time.
    #[error("frame not finished in time")]
    Unfinished,
    /// No frame came for longer than HAProxy keeps an idle connection: its machine is gone, or its `timeout idle` is very long.
    #[error("idle for too long")]
    Idle,
    /// The peer does not take its answers.
    #[error("answers were not taken in time")]
    Stalled,
    /// The agent is being stopped.
    #[error("agent stops")]
    Stopped,
}

impl Ending {
    /// The kinds of endings, as metrics name them.
    pub const KINDS: [&str; 12] = [
        "health_check",
        "disconnected",
        "eof",
        "truncated",
        "broken",
        "idle",
        "stopped",
        "malformed",
        "unexpected_frame",
        "no_hello",
        "unfinished_frame",
        "stalled",
    ];

    /// The place of its kind among [`Ending::KINDS`].
    #[must_use]
    pub const fn kind(&self) -> usize {
        match self {
            Self::Closed(Closed::HealthCheck) => 0,
            Self::Closed(Closed::Disconnected { .. }) => 1,
            Self::Eof => 2,
            Self::Truncated { .. } => 3,
            Self::Broken(_) => 4,
            Self::Idle => 5,
            Self::Stopped => 6,
            Self::Closed(Closed::Malformed(_)) => 7,
            Self::Closed(Closed::Unexpected(_)) => 8,
            Self::NoHello => 9,
            Self::Unfinished => 10,
            Self::Stalled => 11,
        }
    }

    /// Whether a person should know: HAProxy and the agent do not understand each other, or somebody else is talking.
    fn is_of_concern(&self) -> bool {
        match self {
            Self::Closed(Closed::Malformed(_) | Closed::Unexpected(_)) => true,
            Self::NoHello | Self::Unfinished | Self::Stalled => true,
            // HAProxy gives up idle connections with the status of a timeout.
            Self::Closed(Closed::Disconnected { status_code }) => {
                !matches!(Status::from_code(*status_code), Some(Status::Normal | Status::Timeout))
            }
            Self::Closed(Closed::HealthCheck) => false,
            Self::Eof | Self::Truncated { .. } | Self::Broken(_) | Self::Idle | Self::Stopped => false,
        }
    }

    /// Whether it was the agent that would not have the peer, rather than a connection that went wrong.
    const fn is_refusal(&self) -> bool {
        matches!(self, Self::Closed(Closed::Malformed(_) | Closed::Unexpected(_)) | Self::NoHello)
    }

    /// Writes the connection's one line into the log: a warning a second at most, and the rest at debug.
    pub fn log(&self, peer: &impl fmt::Display, answered: u64) {
        static OF_CONCERN: Throttle = Throttle::new();

        if self.is_of_concern()
            && let Some(suppressed) = OF_CONCERN.admit(Instant::now())
        {
            let what = if self.is_refusal() { "refused" } else { "ended" };
            warn!(%peer, answered, reason = %self, %suppressed, "connection {what}");
        } else {
            debug!(%peer, answered, reason = %self, "connection closed");
        }
    }
}
