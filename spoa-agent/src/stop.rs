//! The request to stop: from a signal to every connection.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::{self, Receiver};
use tokio::sync::watch;

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

/// The signals that end the agent: SIGTERM and SIGINT.
#[derive(Debug)]
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Takes over the two signals; from now on they no longer end the process by themselves.
    ///
    /// # Errors
    /// If the system does not allow it.
    pub fn install() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Waits for a signal and tells its name. May be dropped and called again.
    pub async fn received(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}

/// Takes over SIGHUP, which asks for the policy to be read anew. Several that come while it is read are one.
///
/// # Errors
/// If the system does not allow it.
pub fn hangups() -> io::Result<Receiver<()>> {
    let mut hangup = signal(SignalKind::hangup())?;
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(async move {
        while hangup.recv().await.is_some() && !sender.is_closed() {
            // Full: the one that waits will read what is there then.
            let _ = sender.try_send(());
        }
    });
    Ok(receiver)
}
