//! Accepts connections, bounds their number, and ends them.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::sleep;
use tracing::warn;

use crate::clock::Clock;
use crate::connection::{Connection, Timeouts};
use crate::connection_counts::ConnectionCounts;
use crate::listener::{Accepted, Listener};
use crate::service::Service;
use crate::stop::Stop;
use crate::throttle::Throttle;

/// The pause after the system had no file or memory for another connection. They come back when connections end.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A service and what its connections have in common.
#[derive(Debug)]
pub struct Server<S> {
    service: S,
    clock: Clock,
    timeouts: Timeouts,
    max_connections: u32,
    /// One permit for each connection that may still be served.
    permits: Arc<Semaphore>,
    /// Connections over unix sockets so far.
    unix_connections: AtomicU64,
    counts: Arc<ConnectionCounts>,
}

impl<S: Service> Server<S> {
    /// A server that serves at most `max_connections` at one time.
    #[must_use]
    pub fn new(service: S, clock: Clock, timeouts: Timeouts, max_connections: u32) -> Self {
        let permits = usize::try_from(max_connections).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        Self {
            service,
            clock,
            timeouts,
            max_connections,
            permits: Arc::new(Semaphore::new(permits)),
            unix_connections: AtomicU64::new(0),
            counts: Arc::default(),
        }
    }

    /// What is counted of its connections.
    #[must_use]
    pub fn counts(&self) -> Arc<ConnectionCounts> {
        Arc::clone(&self.counts)
    }

    /// Serves until it is asked to stop. Then no more connections are accepted, what was read is answered, each peer is told
    /// that its connection ends, and the files of unix sockets are removed.
    pub async fn run(self, listeners: Vec<Listener>, stop: Stop) {
        let server = Arc::new(self);
        let mut accepting = JoinSet::new();
        for listener in listeners {
            accepting.spawn(Arc::clone(&server).accept_all(listener, stop.clone()));
        }
        while accepting.join_next().await.is_some() {}
        // Every permit is back when every connection has ended; each has its deadlines.
        let _ = server.permits.acquire_many(server.max_connections).await;
    }

    async fn accept_all(self: Arc<Self>, listener: Listener, mut stop: Stop) {
        loop {
            let permitted = tokio::select! {
                biased;
                () = stop.requested() => return,
                permitted = self.accept(&listener) => permitted,
            };
            match permitted {
                Ok((accepted, permit)) => self.spawn(accepted, permit, stop.clone()),
                Err(error) => {
                    self.counts.failed.fetch_add(1, Ordering::Relaxed);
                    pause(&listener, &error).await;
                }
            }
        }
    }

    /// Accepts one connection and waits until it may be served.
    ///
    /// Above the maximum nobody is turned away: HAProxy up to 3.0 answers a refused hello with thousands of new connections a
    /// second. A connection that waits costs nothing, those behind it wait in the listen backlog, and HAProxy meanwhile sends
    /// its requests over the connections that it has.
    async fn accept(&self, listener: &Listener) -> io::Result<(Accepted, OwnedSemaphorePermit)> {
        static AT_MAXIMUM: Throttle = Throttle::new();

        let accepted = listener.accept().await?;
        let _waits = Waiting::count(&self.counts);
        if self.permits.available_permits() == 0
            && let Some(suppressed) = AT_MAXIMUM.admit(Instant::now())
        {
            let max = self.max_connections;
            warn!(max, %suppressed, "all connections are in use, others wait: raise --max-connections");
        }
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(io::Error::other)?;
        Ok((accepted, permit))
    }

    fn spawn(self: &Arc<Self>, accepted: Accepted, permit: OwnedSemaphorePermit, stop: Stop) {
        let server = Arc::clone(self);
        match accepted {
            Accepted::Tcp(stream, peer) => tokio::spawn(server.serve(stream, Peer::Tcp(peer), permit, stop)),
            Accepted::Unix(stream) => {
                let number = self.unix_connections.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(server.serve(stream, Peer::Unix(number), permit, stop))
            }
        };
    }

    async fn serve(
        self: Arc<Self>,
        stream: impl AsyncRead + AsyncWrite + Unpin,
        peer: Peer,
        permit: OwnedSemaphorePermit,
        stop: Stop,
    ) {
        self.counts.served.fetch_add(1, Ordering::Relaxed);
        let mut connection = Connection::new(stream, self.timeouts);
        let ending = connection.serve(&self.service, self.clock, stop).await;
        ending.log(&peer, connection.answered());
        self.counts.ended(&ending);
        drop(permit);
    }
}

/// A connection that waits for its turn, counted for as long as it does.
struct Waiting<'a>(&'a ConnectionCounts);

impl<'a> Waiting<'a> {
    fn count(counts: &'a ConnectionCounts) -> Self {
        counts.waiting.fetch_add(1, Ordering::Relaxed);
        Self(counts)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Who is at the other end, for the log.
enum Peer {
    Tcp(SocketAddr),
    /// The number of the connection, since a client of a unix socket has no address.
    Unix(u64),
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => address.fmt(f),
            Self::Unix(number) => write!(f, "unix#{number}"),
        }
    }
}

/// Waits where the next attempt would fail, too, so that the loop does not spin.
pub(crate) async fn pause(listener: &Listener, error: &io::Error) {
    static FAILED: Throttle = Throttle::new();

    // The connection was gone before it was accepted: there may be another one.
    if matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::Interrupted) {
        return;
    }
    if let Some(suppressed) = FAILED.admit(Instant::now()) {
        warn!(%listener, %error, %suppressed, "cannot accept a connection");
    }
    sleep(ACCEPT_PAUSE).await;
}
