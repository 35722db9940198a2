//! The chain client → HAProxy → agent, HAProxy → Varnish → origin: started on loopback, asked, and its answers compared with
//! what was expected. The demo and the end-to-end tests are two users of it.
//!
//! 1. [`case`]: requests and the verdict that each expects, from `requests.jsonl`.
//! 2. [`setup`]: the policy and the options that a chain is started with.
//! 3. [`origin`], [`process`]: the parts that are started; each ends with the value that holds it.
//! 4. [`parts`], [`chain`]: all parts, wired by the configuration that the project ships.
//! 5. [`ask`], [`http`]: asks a request, or many at once, from a source address of one's choice.
//! 6. [`log`]: what HAProxy logged of it, which holds the fields of the verdict.
//! 7. [`scenario`]: what takes more than one request to show.
//! 8. [`webdriver`]: a browser that looks at what the chain answers; [`prometheus`]: a Prometheus that scrapes the agent.

pub mod case;

pub mod setup;

mod folder;
pub mod origin;
pub mod process;

pub mod chain;
mod parts;

pub mod ask;
pub mod http;
pub mod log;

pub mod scenario;

pub mod prometheus;
pub mod webdriver;

pub use ask::Ask;
pub use case::Case;
pub use chain::Chain;
pub use http::Answer;
pub use parts::free_address;
pub use setup::Setup;

use std::path::PathBuf;

/// Why the chain could not be started or asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The VMOD or the agent could not be built.
    #[error(transparent)]
    Artifacts(#[from] vtc::Error),
    /// A file of the harness could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A line of `requests.jsonl` is not a case.
    #[error("requests.jsonl, line {line}: {why}")]
    Case {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
    /// A shipped file does not have the line that is to be replaced, or has it more than once.
    #[error("{file}: expected the line \"{line}\" once")]
    Edit {
        /// The file.
        file: PathBuf,
        /// The line.
        line: &'static str,
    },
    /// A part did not start, or not end or pause when it was told to.
    #[error("{part}: {why}")]
    Process {
        /// The program.
        part: &'static str,
        /// What it printed, or why it could not be run at all.
        why: String,
    },
    /// The policy of the chain does not compile.
    #[error(transparent)]
    Policy(#[from] policy::PolicyError),
    /// A URL of a case could not be signed.
    #[error("{name}: cannot sign: {why}")]
    Sign {
        /// The case.
        name: String,
        /// Why.
        why: String,
    },
    /// No whole answer came to a request.
    #[error("{name}: no answer: {source}")]
    Answer {
        /// The case.
        name: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// An answer came that is not HTTP.
    #[error("{name}: the answer is not HTTP/1.1")]
    NotHttp {
        /// The case.
        name: String,
    },
    /// The browser, or the driver between it and us, refused a command.
    #[error("WebDriver, {command}: {why}")]
    WebDriver {
        /// The command, as its URL names it.
        command: String,
        /// What the driver or the system said.
        why: String,
    },
    /// HAProxy logged nothing of a request.
    #[error("{name}: HAProxy logged no line for the request from {client}")]
    NotLogged {
        /// The case.
        name: String,
        /// Address and port that the request came from.
        client: String,
    },
}

/// Puts the path to what the system said.
pub(crate) fn at(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Error {
    let path = path.into();
    move |source| Error::File { path, source }
}
