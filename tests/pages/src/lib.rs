//! The pages of the project as data, so that a test can hold them true, and the pages that are written by the code itself.
//!
//! 1. [`page`]: finds every page of the checkout, and in it fragments, links and anchors. There is no list of pages to forget one in.
//! 2. [`mod@reference`]: the reference of the policy's keys, from the doc comments of `crates/policy/src/document`, and that of the VMOD, from
//!    what Varnish reads out of the built `.so` and the doc comments of `vmod/src`.
//!
//! `tests/documentation` compiles, follows and compares. `UPDATE=1 cargo test -p pages reference` (`make docs`) writes the references anew.

pub mod page;

pub mod reference;

use std::path::{Path, PathBuf};

pub use page::{Fence, Link, Page, pages};

/// Why a page could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{place}: {why}")]
pub struct Error {
    /// The file, or the item in it.
    pub place: String,
    /// What is wrong with it.
    pub why: String,
}

impl Error {
    /// What is wrong with a place.
    pub fn new(place: impl Into<String>, why: impl ToString) -> Self {
        Self { place: place.into(), why: why.to_string() }
    }
}

/// The root of the checkout.
#[must_use]
pub fn repository() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(2).unwrap_or(package).to_owned()
}

/// The text of a file, its path below the root of the checkout.
///
/// # Errors
/// If it cannot be read.
pub fn read(path: impl AsRef<Path>) -> Result<String, Error> {
    let path = path.as_ref();
    std::fs::read_to_string(repository().join(path))
        .map_err(|why| Error::new(path.display().to_string(), why))
}
