//! The agent as a process: started with a command line, spoken to over sockets, ended by signals.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test reports"
)]

mod captured;
mod command_line;
mod handshake;
mod haproxy;
mod listening;
mod notify;
mod peer;
mod process;
mod scratch;
mod verdicts;
