//! One connection: its socket, its two buffers and its deadlines.

use std::convert::Infallible;
use std::future::{Future, pending, ready};
use std::pin::{Pin, pin};

use bytes::BytesMut;
use spop::{AckEncoder, LENGTH_PREFIX, Notify, Status};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::task::yield_now;
use tokio::time::{Instant, timeout};

use crate::clock::Clock;
use crate::deadline::Deadline;
use crate::ending::Ending;
use crate::service::Service;
use crate::session::{Closed, FLUSH_FROM, Next, Received, Session};
use crate::stop::Stop;

mod timeouts;

pub use timeouts::Timeouts;

/// Bytes that are read at once: some 40 NOTIFY frames. A longer frame makes the buffer grow for as long as it takes.
const INPUT: usize = 16 * 1024;

/// The output buffer of a connection with a few frames in flight. It grows up to [`FLUSH_FROM`] and one ACK.
const OUTPUT: usize = 4 * 1024;

/// The most memory that the output buffer keeps from one write to the next.
const MAX_OUTPUT_KEPT: usize = 2 * FLUSH_FROM;

/// NOTIFY frames after which other connections have their turn, some milliseconds of work: a peer whose next frames are always
/// there already would keep the worker for itself.
const FRAMES_A_TURN: u64 = 4096;

/// Reads at most that follow a request to stop: 1 MiB, more than HAProxy has in flight on one connection.
const MAX_LAST_READS: usize = 64;

/// The most that is read from a peer after it was told that the connection is over.
const MAX_DRAINED: usize = 256 * 1024;

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
    /// Answers that were not sent: none, between two turns. What was written is gone from it, so that nothing is sent twice.
    output: BytesMut,
    /// Why the connection ends once the output is sent: whoever waits for that may give up and ask again.
    closing: Option<Closed>,
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
            closing: None,
        }
    }

    /// Answers until the connection ends, and tells why it did.
    pub async fn serve(&mut self, service: &impl Service, clock: Clock, mut stop: Stop) -> Ending {
        let stopped = pin!(stop.requested());
        let Err(mut ending) = self.take_turns(service, clock, stopped).await;
        let deadline = self.timeouts.end;
        let end = async {
            if matches!(ending, Ending::Stopped)
                && let Err(sooner) = self.answer_the_rest(service, clock).await
            {
                ending = sooner;
            }
            self.close(&ending).await;
        };
        // Whatever happens now, the connection is over.
        let _ = timeout(deadline, end).await;
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
        let greeted = timeout(self.timeouts.hello, self.greet(service, clock, stopped.as_mut())).await;
        match greeted {
            Ok(greeted) => greeted?,
            // The hello came in time. How long its answer may take is another matter.
            Err(_) if self.session.is_open() || self.closing.is_some() => {
                self.answer(service, clock, stopped.as_mut()).await.map(drop)?
            }
            Err(_) => return Err(Ending::NoHello),
        }
        let mut deadline = Deadline::new(self.due());
        let mut turn_ends = FRAMES_A_TURN;
        loop {
            let begun = !self.input.is_empty();
            self.read_in_time(&mut deadline, stopped.as_mut()).await?;
            let consumed = self.answer(service, clock, stopped.as_mut()).await?;
            // More bytes of a frame do not put off its end.
            if consumed > 0 || !begun {
                deadline.move_to(self.due());
            }
            if self.answered() >= turn_ends {
                turn_ends = self.answered().saturating_add(FRAMES_A_TURN);
                yield_now().await;
            }
        }
    }

    async fn greet(
        &mut self,
        service: &impl Service,
        clock: Clock,
        mut stopped: Pin<&mut impl Future<Output = ()>>,
    ) -> Result<(), Ending> {
        while !self.session.is_open() {
            unless(stopped.as_mut(), self.read()).await?;
            self.answer(service, clock, stopped.as_mut()).await?;
        }
        Ok(())
    }

    /// When the peer must have sent the rest of the frame at hand, or else the next one.
    fn due(&self) -> Instant {
        let wait = if self.input.is_empty() { self.timeouts.idle } else { self.timeouts.frame };
        Instant::now() + wait
    }

    async fn read_in_time(
        &mut self,
        deadline: &mut Deadline,
        stopped: Pin<&mut impl Future<Output = ()>>,
    ) -> Result<(), Ending> {
        let overdue = if self.input.is_empty() { Ending::Idle } else { Ending::Unfinished };
        let read = async {
            tokio::select! {
                biased;
                read = self.read() => read,
                () = deadline.passed() => Err(overdue),
            }
        };
        unless(stopped, read).await
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
    ///
    /// Returns how many bytes of the input are done with. May be dropped and called again, and so may what it calls.
    async fn answer(
        &mut self,
        service: &impl Service,
        clock: Clock,
        mut stopped: Pin<&mut impl Future<Output = ()>>,
    ) -> Result<usize, Ending> {
        if let Some(closed) = self.closing.clone() {
            let _ = self.flush_unless(stopped).await;
            return Err(closed.into());
        }
        let now = clock.now();
        let mut done = 0_usize;
        loop {
            let answer = |notify: &Notify<'_>, ack: &mut AckEncoder<'_>| service.answer(notify, now, ack);
            let Received { consumed, next } = self.session.receive(&self.input, &mut self.output, answer);
            self.discard(consumed);
            done = done.saturating_add(consumed);
            if let Next::Close(closed) = &next {
                self.closing = Some(closed.clone());
            }
            let flushed = self.flush_unless(stopped.as_mut()).await;
            match next {
                Next::Close(closed) => return Err(closed.into()),
                Next::Continue => flushed?,
                Next::Read { needed } => {
                    self.missing = needed;
                    return flushed.map(|()| done);
                }
            }
        }
    }

    /// Sends the answers. A peer that takes them slowly cannot keep the agent from stopping.
    async fn flush_unless(&mut self, stopped: Pin<&mut impl Future<Output = ()>>) -> Result<(), Ending> {
        tokio::select! {
            biased;
            flushed = self.flush() => flushed,
            () = stopped => Err(Ending::Stopped),
        }
    }

    async fn flush(&mut self) -> Result<(), Ending> {
        if self.output.is_empty() {
            return Ok(());
        }
        let written = timeout(self.timeouts.write, self.stream.write_all_buf(&mut self.output)).await;
        written.map_err(|_| Ending::Stalled)??;
        // The buffer is empty: what it can reclaim is all that it has.
        if self.output.try_reclaim(MAX_OUTPUT_KEPT.saturating_add(1)) {
            self.output = BytesMut::with_capacity(OUTPUT);
        }
        Ok(())
    }

    /// Answers what has arrived by now without waiting for more. A peer that goes on sending does not keep the agent from
    /// stopping.
    async fn answer_the_rest(&mut self, service: &impl Service, clock: Clock) -> Result<(), Ending> {
        for _ in 0..MAX_LAST_READS {
            self.answer(service, clock, pin!(pending())).await?;
            tokio::select! {
                biased;
                read = self.read() => read?,
                () = ready(()) => return Ok(()),
            }
        }
        self.answer(service, clock, pin!(pending())).await.map(drop)
    }

    /// Says why, if that was not said yet, and waits a moment for the peer to close: a close with unread bytes would reset the
    /// connection, and the last answers could be lost on their way.
    async fn close(&mut self, ending: &Ending) {
        match ending {
            Ending::NoHello | Ending::Unfinished | Ending::Idle => {
                self.session.disconnect(Status::Timeout, &mut self.output);
            }
            Ending::Stopped => self.session.disconnect(Status::Normal, &mut self.output),
            Ending::Closed(Closed::Malformed(_) | Closed::Unexpected(_)) => {}
            Ending::Closed(Closed::HealthCheck | Closed::Disconnected { .. }) => {
                // Mostly sent by now: only a request to stop could have come in between.
                let _ = self.flush().await;
                return;
            }
            Ending::Eof | Ending::Truncated { .. } | Ending::Broken(_) | Ending::Stalled => return,
        }
        let deadline = self.timeouts.close;
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

/// Waits for `wait`, or until the agent is asked to stop.
async fn unless<T>(
    stopped: Pin<&mut impl Future<Output = ()>>,
    wait: impl Future<Output = Result<T, Ending>>,
) -> Result<T, Ending> {
    tokio::select! {
        // In this order a peer that never pauses cannot keep the agent from stopping.
        biased;
        () = stopped => Err(Ending::Stopped),
        done = wait => done,
    }
}

#[cfg(test)]
mod tests;
