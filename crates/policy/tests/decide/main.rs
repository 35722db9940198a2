//! What a policy decides, with the clock in the test's hand.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what a helper of a test expects holds, or the test has failed"
)]

mod edge;

mod exemptions;
mod fields;
mod images;
mod limits;
mod networks;
mod notice;
mod preflight;
mod schedule;
mod shadow;
mod stages;
mod tiers;
