//! The protocol of one connection: bytes in, bytes out.
//!
//! ```text
//!                 HAPROXY-HELLO            NOTIFY → ACK
//!                 → AGENT-HELLO            ┌────┐
//! AwaitingHello ──────────────────▶ Open ──┴──◀─┘
//!       │                            │
//!       └────────────┬───────────────┘
//!    health check, HAPROXY-DISCONNECT, or a frame that must not be (→ AGENT-DISCONNECT)
//!                    ▼
//!                  closed
//! ```

use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::BytesMut;
use spop::{
    AckEncoder, AgentHello, Disconnect, Frame, FrameType, HaproxyHello, MaxFrameSize, Notify, Peer, Split,
    Status, split_frame,
};

/// The longest frame that the agent agrees to, 256 KiB. HAProxy offers its `tune.bufsize` less 4 bytes, and to agree to less
/// lets clients exceed it: what does not fit gets no verdict.
pub const MAX_FRAME_SIZE: MaxFrameSize = match MaxFrameSize::new(256 * 1024) {
    Ok(size) => size,
    Err(_) => MaxFrameSize::HAPROXY_DEFAULT,
};

/// The longest hello that is read. HAProxy's has 133 bytes; nothing is reserved for a peer that has not shown what it is.
const MAX_HELLO_SIZE: MaxFrameSize = MaxFrameSize::HAPROXY_DEFAULT;

/// Bytes of answers from which on they are sent before another frame is read, so that a flood of small frames does not pile
/// up large answers.
pub const FLUSH_FROM: usize = 32 * 1024;

/// The protocol's state. Owns no buffer and no socket.
#[derive(Debug)]
pub struct Session {
    state: State,
    answered: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    AwaitingHello,
    Open { max_frame_size: MaxFrameSize },
}

/// What came of the bytes that were received.
#[derive(Debug)]
pub struct Received {
    /// Bytes of the input that are done with.
    pub consumed: usize,
    /// What to do with the connection, after whatever is in the output was sent.
    pub next: Next,
}

/// What to do with a connection.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// Read on: at least so many bytes are missing, never 0 and at most the length of a frame.
    Read {
        /// How many.
        needed: usize,
    },
    /// Ask again with the rest of the input.
    Continue,
    /// Close it.
    Close(Closed),
}

/// Why the session is over. The peer has been told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Closed {
    /// It was a health check (`option spop-check`), and it passed.
    #[error("health check answered")]
    HealthCheck,
    /// HAProxy closes the connection.
    #[error("HAProxy disconnects with status {status_code} ({})", Status::from_code(*.status_code).map_or("unknown", |s| s.message()))]
    Disconnected {
        /// What HAProxy says about the reason; see [`Status`].
        status_code: u32,
    },
    /// A frame that cannot be read.
    #[error(transparent)]
    Malformed(#[from] spop::Error),
    /// A frame that may not come at this point, or from this side.
    #[error("unexpected frame of type {}", *.0 as u8)]
    Unexpected(FrameType),
}

impl Closed {
    /// The status that the AGENT-DISCONNECT carries.
    const fn status(&self) -> Status {
        match self {
            Self::HealthCheck | Self::Disconnected { .. } => Status::Normal,
            Self::Malformed(error) => error.status(),
            Self::Unexpected(_) => Status::Invalid,
        }
    }
}

impl Default for Session {
    fn default() -> Self {
        Self { state: State::AwaitingHello, answered: 0 }
    }
}

impl Session {
    /// Answers all whole frames in `input` at the end of `output`, in their order; `answer` fills in each ACK.
    pub fn receive(
        &mut self,
        input: &[u8],
        output: &mut BytesMut,
        mut answer: impl FnMut(&Notify<'_>, &mut AckEncoder<'_>),
    ) -> Received {
        let mut unread = input;
        let next = loop {
            if output.len() >= FLUSH_FROM {
                break Next::Continue;
            }
            let frame = match split_frame(unread, self.max_frame_size()) {
                Ok(Split::Complete { frame, rest }) => {
                    unread = rest;
                    frame
                }
                Ok(Split::Incomplete { needed }) => break Next::Read { needed },
                Err(error) => break Next::Close(self.close(error.into(), output)),
            };
            if let Err(closed) = self.take(frame, output, &mut answer) {
                break Next::Close(self.close(closed, output));
            }
        };
        Received { consumed: input.len().saturating_sub(unread.len()), next }
    }

    /// Says goodbye to the peer, for a reason of the agent's own.
    pub fn disconnect(&self, status: Status, output: &mut BytesMut) {
        // A disconnect that is made of a status fits into every frame.
        let _ = Disconnect::from(status).encode(Peer::Agent, output, self.max_frame_size());
    }

    /// Whether the hellos have been exchanged.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self.state, State::Open { .. })
    }

    /// NOTIFY frames that were answered.
    #[must_use]
    pub const fn answered(&self) -> u64 {
        self.answered
    }

    const fn max_frame_size(&self) -> MaxFrameSize {
        match self.state {
            State::AwaitingHello => MAX_HELLO_SIZE,
            State::Open { max_frame_size } => max_frame_size,
        }
    }

    fn take(
        &mut self,
        frame: &[u8],
        output: &mut BytesMut,
        answer: &mut impl FnMut(&Notify<'_>, &mut AckEncoder<'_>),
    ) -> Result<(), Closed> {
        match (Frame::parse(frame), self.state) {
            (Ok(Frame::Notify(notify)), State::Open { max_frame_size }) => {
                acknowledge(&notify, max_frame_size, output, answer);
                self.answered = self.answered.saturating_add(1);
                Ok(())
            }
            (Ok(Frame::HaproxyHello(hello)), State::AwaitingHello) => self.greet(&hello, output),
            (Ok(Frame::HaproxyDisconnect(Disconnect { status_code, .. })), _) => {
                Err(Closed::Disconnected { status_code })
            }
            (Ok(frame), _) => Err(Closed::Unexpected(frame.frame_type())),
            // Section 3.2.2: frames of unknown types are skipped. The first frame is a hello, though, or nothing of SPOP.
            (Err(spop::Error::UnknownFrameType { .. }), State::Open { .. }) => Ok(()),
            (Err(error), _) => Err(error.into()),
        }
    }

    fn greet(&mut self, hello: &HaproxyHello<'_>, output: &mut BytesMut) -> Result<(), Closed> {
        let answer = AgentHello::answer(hello, MAX_FRAME_SIZE)?;
        answer.encode(output, answer.max_frame_size)?;
        if hello.healthcheck {
            return Err(Closed::HealthCheck);
        }
        self.state = State::Open { max_frame_size: answer.max_frame_size };
        Ok(())
    }

    /// Tells the peer that the session is over. After a health check it has had its answer.
    fn close(&self, closed: Closed, output: &mut BytesMut) -> Closed {
        if closed != Closed::HealthCheck {
            self.disconnect(closed.status(), output);
        }
        closed
    }
}

/// Appends the ACK of a NOTIFY, whatever `answer` does: after a panic it has the variables that were set before.
///
/// A panic is a defect of the agent. It costs one request its verdict, not the connection and the requests of others on it.
fn acknowledge(
    notify: &Notify<'_>,
    max: MaxFrameSize,
    output: &mut BytesMut,
    answer: &mut impl FnMut(&Notify<'_>, &mut AckEncoder<'_>),
) {
    let mut ack = AckEncoder::answer(output, notify, max);
    // The encoder keeps its frame valid throughout, and what an answer shares with others is behind locks that do not poison.
    let _ = catch_unwind(AssertUnwindSafe(|| answer(notify, &mut ack)));
    ack.finish();
}

#[cfg(test)]
mod tests;
