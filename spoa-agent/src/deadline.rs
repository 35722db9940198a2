//! A deadline that moves often and costs a timer seldom.

use std::pin::Pin;

use tokio::time::{Instant, Sleep, sleep_until};

/// When a wait is over. To put it off is to write a number down; the timer follows when it fires.
#[derive(Debug)]
pub struct Deadline {
    at: Instant,
    timer: Pin<Box<Sleep>>,
}

impl Deadline {
    /// A deadline at this time.
    #[must_use]
    pub fn new(at: Instant) -> Self {
        Self { at, timer: Box::pin(sleep_until(at)) }
    }

    /// Moves it, in either direction.
    pub fn move_to(&mut self, at: Instant) {
        self.at = at;
        if at < self.timer.deadline() {
            self.timer.as_mut().reset(at);
        }
    }

    /// Returns once it has passed. May be dropped and called again.
    pub async fn passed(&mut self) {
        self.timer.as_mut().await;
        while self.timer.deadline() < self.at {
            self.timer.as_mut().reset(self.at);
            self.timer.as_mut().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn passes_at_the_time_that_was_set_last() {
        let [early, middle, late] = [10, 60, 600].map(Duration::from_secs);
        for moves in [&[][..], &[late], &[early], &[early, late, middle], &[late, early]] {
            let begin = Instant::now();
            let mut deadline = Deadline::new(begin + middle);
            for &wait in moves {
                deadline.move_to(begin + wait);
            }
            deadline.passed().await;
            assert_eq!(begin.elapsed(), moves.last().copied().unwrap_or(middle), "{moves:?}");
        }
    }
}
