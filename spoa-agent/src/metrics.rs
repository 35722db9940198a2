//! What Prometheus reads.
//!
//! [`family`] names every metric, [`render()`] fills them, [`exposition`] writes them in OpenMetrics or in Prometheus' own text format.
//! No crate of metrics does that: each brings counters of its own, behind locks or one cache line for all threads, while what
//! is counted here lies in arrays that no request waits for; what would be left of such a crate is the writer.
//!
//! The number of series is bounded, whatever a policy says and a client sends: [`MAX_SERIES`].

mod exposition;
pub mod family;
mod process;
mod render;

pub use exposition::Format;
pub use family::{Family, Kind};
pub use render::render;

/// Most series that an agent exports.
pub const MAX_SERIES: usize = 5_000;

#[cfg(test)]
mod tests;
