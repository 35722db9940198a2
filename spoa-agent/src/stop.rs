//! The request to stop: from a signal to every connection.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tracing::warn;

/// Asks everyone who holds the [`Stop`] to stop. Dropping it asks, too: nobody outlives whoever could end it.
#[derive(Debug)]
pub struct Stopper(watch::Sender<bool>);

/// Tells when to stop.
#[derive(Clone, Debug)]
pub struct Stop(watch::Receiver<bool>);

/// A request to stop that has not been made yet.
#[must_use]
pub fn channel() -> (Stopper, Stop) {
    let (sender, receiver) = watch::channel(false);
    (Stopper(sender), Stop(receiver))
}

impl Stopper {
    /// Asks to stop.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Stop {
    /// Returns once it is time to stop. May be dropped and called again.
    pub async fn requested(&mut self) {
        // An error says that nobody is left who could ask.
        let _ = self.0.wait_for(|&stop| stop).await;
    }
}

/// The signals that the agent takes: SIGTERM and SIGINT end it, SIGHUP does not.
#[derive(Debug)]
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
}

impl Signals {
    /// Takes over the three signals; from now on they no longer end the process by themselves.
    ///
    /// # Errors
    /// If the system does not allow it.
    pub fn install() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    /// Waits for a signal that ends the agent and tells its name. May be dropped and called again.
    ///
    /// Others read their configuration again on a SIGHUP. Who sends one learns that this agent does not.
    pub async fn received(&mut self) -> &'static str {
        loop {
            tokio::select! {
                _ = self.terminate.recv() => return "SIGTERM",
                _ = self.interrupt.recv() => return "SIGINT",
                _ = self.hangup.recv() => {
                    warn!("SIGHUP: the policy is read at start alone; restart to take up a new one");
                }
            }
        }
    }
}
