//! One connection: its socket, its two buffers and its deadlines.

use std::convert::Infallible;
use std::future::{Future, ready};
use std::pin::{Pin, pin};
use std::time::Duration;

use bytes::BytesMut;
use spop::{AckEncoder, LENGTH_PREFIX, Notify, Status};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::time::timeout;

use crate::clock::Clock;
use crate::ending::Ending;
use crate::service::Service;
use crate::session::{Closed, FLUSH_FROM, Next, Received, Session};
use crate::stop::Stop;

/// Bytes that are read at once: some 40 NOTIFY frames. A longer frame makes the buffer grow for as long as it takes.
const INPUT: usize = 16 * 1024;

/// The output buffer of a connection with a few frames in flight. It grows up to [`FLUSH_FROM`] and one ACK.
const OUTPUT: usize = 4 * 1024;

/// The most memory that the output buffer keeps from one write to the next.
const MAX_OUTPUT_KEPT: usize = 2 * FLUSH_FROM;

/// Reads at most that follow a request to stop: 1 MiB, more than HAProxy has in flight on one connection.
const MAX_LAST_READS: usize = 64;

/// The most that is read from a peer after it was told that the connection is over.
const MAX_DRAINED: usize = 256 * 1024;

/// How long a connection waits for its peer.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// For the whole hello.
    pub hello: Duration,
    /// For the peer to take its answers. HAProxy gives up on a request after `timeout processing`, long before.
    pub write: Duration,
    /// For the peer to close after it was told that the connection is over.
    pub close: Duration,
}

impl Timeouts {
    /// Timeouts with this one for the hello, 10 seconds for writing and 1 second for closing.
    #[must_use]
    pub const fn with_hello(hello: Duration) -> Self {
        Self { hello, write: Duration::from_secs(10), close: Duration::from_secs(1) }
    }
}

/// A connection that HAProxy opened.
#[derive(Debug)]
pub struct Connection<S> {
    stream: S,
    session: Session,
    timeouts: Timeouts,
    /// What was read and not answered: the beginning of a frame, between two turns.
    input: BytesMut,
    /// Bytes that are missing to go on, at least.
    missing: usize,
    /// Answers that were not sent: none, between two turns.
    output: BytesMut,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    /// A connection on which nothing was said yet.
    pub fn new(stream: S, timeouts: Timeouts) -> Self {
        Self {
            stream,
            session: Session::default(),
            timeouts,
            input: BytesMut::with_capacity(INPUT),
            missing: LENGTH_PREFIX,
            output: BytesMut::with_capacity(OUTPUT),
        }
    }

    /// Answers until the connection ends, and tells why it did.
    pub async fn serve(&mut self, service: &impl Service, clock: Clock, mut stop: Stop) -> Ending {
        let stopped = pin!(stop.requested());
        let Err(ending) = self.take_turns(service, clock, stopped).await;
        self.close(&ending).await;
        ending
    }

    /// NOTIFY frames that were answered.
    pub const fn answered(&self) -> u64 {
        self.session.answered()
    }

    async fn take_turns(
        &mut self,
        service: &impl Service,
        clock: Clock,
        mut stopped: Pin<&mut impl Future<Output = ()>>,
    ) -> Result<Infallible, Ending> {
        let deadline = self.timeouts.hello;
        let greeted = timeout(deadline, self.greet(service, clock, stopped.as_mut())).await;
        greeted.unwrap_or(Err(Ending::NoHello))?;
        loop {
            if let Err(ending) = self.read_unless(stopped.as_mut()).await {
                if matches!(ending, Ending::Stopped) {
                    self.answer_the_rest(service, clock).await?;
                }
                return Err(ending);
            }
            self.answer(service, clock).await?;
        }
    }

    async fn greet(
        &mut self,
        service: &impl Service,
        clock: Clock,
        mut stopped: Pin<&mut impl Future<Output = ()>>,
    ) -> Result<(), Ending> {
        while !self.session.is_open() {
            self.read_unless(stopped.as_mut()).await?;
            self.answer(service, clock).await?;
        }
        Ok(())
    }

    /// Reads what there is, or waits for it until the agent is asked to stop.
    async fn read_unless(&mut self, stopped: Pin<&mut impl Future<Output = ()>>) -> Result<(), Ending> {
        tokio::select! {
            // In this order a peer that never pauses cannot keep the agent from stopping.
            biased;
            () = stopped => Err(Ending::Stopped),
            read = self.read() => read,
        }
    }

    async fn read(&mut self) -> Result<(), Ending> {
        self.make_room();
        match self.stream.read_buf(&mut self.input).await {
            Ok(0) if self.input.is_empty() => Err(Ending::Eof),
            Ok(0) => Err(Ending::Truncated { missing: self.missing }),
            Ok(_) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Answers every whole frame of the input, all at one time of the clock and, unless the answers are very long, in one
    /// write. Nothing is read meanwhile: a peer that does not take its answers is not asked for more.
    async fn answer(&mut self, service: &impl Service, clock: Clock) -> Result<(), Ending> {
        let now = clock.now();
        loop {
            let answer = |notify: &Notify<'_>, ack: &mut AckEncoder<'_>| service.answer(notify, now, ack);
            let Received { consumed, next } = self.session.receive(&self.input, &mut self.output, answer);
            self.discard(consumed);
            let flushed = self.flush().await;
            match next {
                Next::Close(closed) => return Err(closed.into()),
                Next::Continue => flushed?,
                Next::Read { needed } => {
                    self.missing = needed;
                    return flushed;
                }
            }
        }
    }

    async fn flush(&mut self) -> Result<(), Ending> {
        if self.output.is_empty() {
            return Ok(());
        }
        let written = timeout(self.timeouts.write, self.stream.write_all(&self.output)).await;
        self.output.clear();
        if self.output.capacity() > MAX_OUTPUT_KEPT {
            self.output = BytesMut::with_capacity(OUTPUT);
        }
        Ok(written.map_err(|_| Ending::Stalled)??)
    }

    /// Answers what has arrived by now without waiting for more. A peer that goes on sending does not keep the agent from
    /// stopping.
    async fn answer_the_rest(&mut self, service: &impl Service, clock: Clock) -> Result<(), Ending> {
        for _ in 0..MAX_LAST_READS {
            tokio::select! {
                biased;
                read = self.read() => read?,
                () = ready(()) => break,
            }
            self.answer(service, clock).await?;
        }
        Ok(())
    }

    /// Says why, if that was not said yet, and waits a moment for the peer to close: a close with unread bytes would reset the
    /// connection, and the last answers could be lost on their way.
    async fn close(&mut self, ending: &Ending) {
        match ending {
            Ending::NoHello => self.session.disconnect(Status::Timeout, &mut self.output),
            Ending::Stopped => self.session.disconnect(Status::Normal, &mut self.output),
            Ending::Closed(Closed::Malformed(_) | Closed::Unexpected(_)) => {}
            _ => return,
        }
        let deadline = self.timeouts.close;
        // Whatever happens now, the connection is over.
        let _ = timeout(deadline, self.drain()).await;
    }

    /// Sends what is left, ends this direction, and reads until the peer ends the other or has said too much.
    async fn drain(&mut self) -> Result<(), Ending> {
        self.flush().await?;
        self.stream.shutdown().await?;
        let mut drained = 0_usize;
        while drained < MAX_DRAINED {
            self.input.clear();
            self.read().await?;
            drained = drained.saturating_add(self.input.len());
        }
        Ok(())
    }

    /// Moves the beginning of the next frame to the front. That is less than a frame, so little is moved, and the buffer
    /// neither creeps nor grows.
    fn discard(&mut self, consumed: usize) {
        let left = self.input.len().saturating_sub(consumed);
        if left > 0 {
            self.input.copy_within(consumed.., 0);
        }
        self.input.truncate(left);
    }

    /// Makes room for the rest of the frame at hand, and gives back what an exceptionally long one has taken.
    fn make_room(&mut self) {
        let wanted = self.input.len().saturating_add(self.missing).max(INPUT);
        let capacity = self.input.capacity();
        if capacity < wanted || (capacity > INPUT && wanted == INPUT) {
            let mut input = BytesMut::with_capacity(wanted);
            input.extend_from_slice(&self.input);
            self.input = input;
        }
    }
}

#[cfg(test)]
mod tests;
