//! A line of a benchmark: nanoseconds of a call, and their ratio to the floor that no implementation gets below.

use std::time::Instant;

/// How often a call is measured.
pub struct Repeat {
    /// Rounds, of which the best counts.
    pub rounds: u32,
    /// Calls in each.
    pub calls: u32,
}

impl Repeat {
    /// Prints and returns the nanoseconds of one call.
    pub fn report(&self, what: &str, floor: Option<f64>, mut call: impl FnMut()) -> f64 {
        let mut best = f64::INFINITY;
        for _ in 0..self.rounds {
            let start = Instant::now();
            (0..self.calls).for_each(|_| call());
            best = best.min(start.elapsed().as_secs_f64() * 1e9 / f64::from(self.calls));
        }
        println!("{what:<42} {best:8.0} ns   {:6.2} of the HMAC", best / floor.unwrap_or(best));
        best
    }
}
