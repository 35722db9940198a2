//! The agent as a process: started with a command line, spoken to over sockets, ended by signals.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test reports"
)]

mod admin;
mod captured;
mod command_line;
mod decisions;
mod handshake;
mod haproxy;
mod http;
mod listening;
mod notify;
mod peer;
mod process;
mod reload;
mod scratch;
mod starting;
mod systemd;
mod verdicts;
