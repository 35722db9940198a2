//! What keeps the agent from starting.

use std::io;
use std::path::PathBuf;

use policy::PolicyError;

use crate::address::ListenAddress;

/// Why the agent did not start. Nothing was listening yet, or no longer is.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The policy file cannot be opened.
    #[error("cannot read the policy {}: {source}", file.display())]
    ReadPolicy {
        /// The file.
        file: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The policy, or a file that it names, is not valid.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The compiler of policies has panicked over this one.
    #[error("a defect of the agent; please report it")]
    Defect,
    /// The table of rate limits cannot be made.
    #[error("rate-limit table: {0}")]
    Limits(#[from] limits::Error),
    /// The cache of verified tokens cannot be made.
    #[error("cache of tokens: {0}")]
    Sessions(#[from] policy::session::CacheError),
    /// The system's random source cannot be read. Without it, clients could aim at each other's rate limits.
    #[error("cannot read /dev/urandom: {0}")]
    Random(#[source] io::Error),
    /// A socket that systemd has passed cannot be used.
    #[error("cannot use a socket that systemd has passed: {0}")]
    Inherited(#[source] io::Error),
    /// An address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: ListenAddress,
        /// Why not.
        source: io::Error,
    },
    /// What systemd passes for administration can be reached by other machines.
    #[error(
        "--admin {address} is {bound}, which can be reached by other machines; expected a loopback address or a unix socket, or --admin-anywhere beside it"
    )]
    AdminAnywhere {
        /// The option.
        address: ListenAddress,
        /// Where the socket is bound.
        bound: String,
    },
    /// Threads or signal handlers are not to be had.
    #[error("cannot start: {0}")]
    Start(#[source] io::Error),
}
