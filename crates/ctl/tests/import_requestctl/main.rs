//! `provenancectl import requestctl`: what it writes and tells, and that what is carried over acts as the original does.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what a helper of a test expects holds, or the test has failed"
)]

mod acts;
mod command;
mod original;
mod reading;
mod sample;
