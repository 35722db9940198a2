//! What the service manager is told (sd_notify(3)), and the sockets that it passes (sd_listen_fds(3)). Without systemd all of it is nothing.

mod inherited;

pub use inherited::{Inherited, Socket};

use std::time::Duration;

use sd_notify::NotifyState;
use tokio::time::{MissedTickBehavior, interval};
use tracing::debug;

use crate::stop::Stop;

/// It serves, or has done with a reload; `status` is what `systemctl status` shows.
pub fn ready(status: &str) {
    notify(&[NotifyState::Ready, NotifyState::Status(status)]);
}

/// It reads its policy anew. The time tells this message from one that was sent before systemd has sent its signal.
pub fn reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => notify(&[NotifyState::Reloading, now]),
        Err(error) => debug!(%error, "cannot read the monotonic clock"),
    }
}

/// It ends.
pub fn stopping() {
    notify(&[NotifyState::Stopping, NotifyState::Status("draining")]);
}

/// Tells that it lives, twice in each interval of `WatchdogSec=`, until the runtime ends: an agent that hangs does not.
pub async fn feed_watchdog(mut stop: Stop) {
    let Some(every) =
        sd_notify::watchdog_enabled().map(|interval| interval / 2).filter(|every| *every > Duration::ZERO)
    else {
        return;
    };
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => notify(&[NotifyState::Watchdog]),
            () = stop.requested() => return,
        }
    }
}

/// Nobody is served worse because the service manager cannot be told.
fn notify(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        debug!(%error, "cannot tell the service manager");
    }
}
