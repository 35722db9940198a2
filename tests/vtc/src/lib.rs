//! Runs the varnishtest cases of this folder, each as one test.
//!
//! [`find`] lists the `.vtc` files, [`Artifacts::build`] has cargo build the VMOD and the agent, [`Varnishtest::run`]
//! runs a case against them, and [`excerpt`] cuts from a failed case's log what a person reads first.
//! `tests/cases.rs` puts the four together under the usual command line of a Rust test.
//!
//! A case may use these macros besides varnishtest's own:
//!
//! | macro | value |
//! |---|---|
//! | `${vmod_so}` | what follows `import` in VCL: `provenance from "…/libvmod_provenance.so"` |
//! | `${agent}` | path of the built `spoa-agent` |
//! | `${repo}` | root of the checkout |

mod case;
pub use case::{Case, find};

mod artifacts;
pub use artifacts::Artifacts;

mod varnishtest;
pub use varnishtest::{Outcome, Varnishtest};

mod log;
pub use log::{excerpt, skip_reason};

use std::path::PathBuf;

/// Why no case could be run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A folder without cases would pass whatever is broken.
    #[error("no .vtc file below {}", .0.display())]
    NoCase(PathBuf),
    /// A folder or file could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Cargo could not be started or failed; it has told why on stderr.
    #[error("cargo build of vmod and spoa-agent failed")]
    Build,
    /// Cargo succeeded, but did not name the file.
    #[error("cargo built no {0}")]
    NotBuilt(&'static str),
    /// Neither the Varnish of `scripts/setup` nor one of the system is there.
    #[error("varnishtest is neither in .build/varnish/bin nor on PATH\nhint: run scripts/setup")]
    NoVarnishtest,
}
