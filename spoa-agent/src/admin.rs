//! The admin address: what people, Prometheus and orchestrators ask of an agent, by HTTP.
//!
//! 1. [`Admin::run`] accepts, few at a time, and gives each connection one request and a deadline.
//! 2. [`routes`] finds who answers: [`metrics`](crate::metrics), health, [`explain`], the level of the log, the [`page`].
//! 3. [`Context`] is what they answer from. They read; nothing that they do touches a request's way but for the level of the log.

mod context;
mod explain;
mod host;
mod page;
mod parameters;
mod routes;

pub use context::{Context, RequestCounts};

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::timeout;
use tracing::debug;

use crate::listener::{Accepted, Listener};
use crate::server::pause;
use crate::stop::Stop;

/// Connections that are served at one time; others wait in the backlog.
const MAX_CONNECTIONS: usize = 32;
/// For the head of a request.
const HEAD: Duration = Duration::from_secs(2);
/// For the whole connection: a request, its answer, and a peer that takes it.
const WHOLE: Duration = Duration::from_secs(5);
/// Most bytes of a request's head, and most of its headers.
const MAX_HEAD: usize = 16 * 1024;
const MAX_HEADERS: usize = 64;

/// Answers at the admin address.
#[derive(Debug)]
pub struct Admin {
    context: Context,
    permits: Arc<Semaphore>,
}

impl Admin {
    /// Answers from `context`.
    #[must_use]
    pub fn new(context: Context) -> Self {
        Self { context, permits: Arc::new(Semaphore::new(MAX_CONNECTIONS)) }
    }

    /// Answers until it is time to stop. What is being answered then may be cut off.
    pub async fn run(self, listeners: Vec<Listener>, stop: Stop) {
        let admin = Arc::new(self);
        let mut accepting = JoinSet::new();
        for listener in listeners {
            accepting.spawn(Arc::clone(&admin).accept_all(listener, stop.clone()));
        }
        while accepting.join_next().await.is_some() {}
    }

    async fn accept_all(self: Arc<Self>, listener: Listener, mut stop: Stop) {
        loop {
            let accepted = tokio::select! {
                biased;
                () = stop.requested() => return,
                accepted = self.accept(&listener) => accepted,
            };
            let admin = Arc::clone(&self);
            match accepted {
                Ok((accepted, permit)) => drop(tokio::spawn(async move {
                    match accepted {
                        Accepted::Tcp(stream, peer) => admin.serve(stream, Some(peer.ip())).await,
                        Accepted::Unix(stream) => admin.serve(stream, None).await,
                    }
                    drop(permit);
                })),
                Err(error) => pause(&listener, &error).await,
            }
        }
    }

    /// Waits for a place, and then for a connection that takes it. May be dropped: requests that hold all places delay no end.
    async fn accept(&self, listener: &Listener) -> io::Result<(Accepted, OwnedSemaphorePermit)> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(io::Error::other)?;
        Ok((listener.accept().await?, permit))
    }

    /// One request a connection: whoever asks each 15 seconds loses nothing, and nobody holds a place.
    ///
    /// To count the entries of a large table of limits takes milliseconds or more: that is done where no request of HAProxy waits.
    async fn serve(self: Arc<Self>, stream: impl AsyncRead + AsyncWrite + Unpin, peer: Option<IpAddr>) {
        let answer = service_fn(|request: hyper::Request<Incoming>| {
            let admin = Arc::clone(&self);
            spawn_blocking(move || routes::answer(&admin.context, peer, &request))
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD)
            .keep_alive(false)
            .max_buf_size(MAX_HEAD)
            .max_headers(MAX_HEADERS)
            .serve_connection(TokioIo::new(stream), answer);
        match timeout(WHOLE, connection).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => debug!(%error, "admin connection broken"),
            Err(_) => debug!("admin connection took too long"),
        }
    }
}

#[cfg(test)]
mod tests;
