//! Sessions by the vectors of `tests/vectors/sessions`, which bind every implementation, and by properties.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what a helper of a test expects holds, or the test has failed"
)]

mod policies;

mod caching;
mod documentation;
mod flood;
mod mutations;
mod stripping;
mod vectors;
