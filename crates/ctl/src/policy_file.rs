//! The policy of a question.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use policy::Policy;

use crate::Error;

/// The policy of a question.
#[derive(Clone, Debug, Args)]
pub struct PolicyFile {
    /// The policy
    #[arg(
        long = "policy",
        value_name = "FILE",
        env = "PROVENANCE_POLICY",
        default_value = "/etc/provenance/policy.yaml",
        hide_env_values = true
    )]
    pub file: PathBuf,
}

impl PolicyFile {
    /// Compiles it.
    ///
    /// # Errors
    /// [`Error::Read`] if the file itself cannot be read, [`Error::Policy`] with all that is wrong in it.
    pub fn load(&self) -> Result<Policy, Error> {
        load(&self.file)
    }
}

/// Compiles the policy in `file`. That the file itself cannot be read is told apart from what is wrong in it.
///
/// # Errors
/// As [`PolicyFile::load`].
pub fn load(file: &Path) -> Result<Policy, Error> {
    can_be_read(file)?;
    Ok(Policy::load(file)?)
}

/// Tells apart that a file is not there from what is wrong in it.
///
/// # Errors
/// [`Error::Read`].
pub fn can_be_read(file: &Path) -> Result<(), Error> {
    let readable = || match std::fs::metadata(file)?.is_file() {
        true => File::open(file).map(drop),
        // To open a FIFO waits for whoever writes to it.
        false => Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file")),
    };
    readable().map_err(|source| Error::Read { file: file.to_owned(), source })
}
