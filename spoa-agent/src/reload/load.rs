use std::fs::File;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use policy::{FileKind, Policy, PolicyFile};

use crate::error::Error;
use crate::watch::{Contents, Seen};

/// What was read of a policy.
#[derive(Debug)]
pub struct Load {
    /// How its files looked when they were read.
    pub seen: Seen,
    /// What was in them.
    pub contents: Contents,
    /// How long it took.
    pub took: Duration,
}

impl Load {
    /// Reads and compiles the policy at the start.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn first(file: &Path) -> Result<(Policy, Self), Error> {
        let (policy, load) = load(file, &Seen::default());
        Ok((policy?, load))
    }
}

/// Reads and compiles the policy; `before` is how its files looked until now.
pub(super) fn load(file: &Path, before: &Seen) -> (Result<Policy, Error>, Load) {
    let (begun, clock) = (SystemTime::now(), Instant::now());
    let known = before.look_again();
    let policy = load_policy(file);
    let files = match &policy {
        Ok(policy) => policy.files().to_vec(),
        Err(Error::Policy(error)) => error.files().to_vec(),
        Err(_) => vec![PolicyFile { path: file.to_owned(), kind: FileKind::Policy }],
    };
    let seen = known.when_read(&files, begun);
    let contents = Contents::read(&files);
    (policy, Load { seen, contents, took: clock.elapsed() })
}

/// Compiles the policy. That the file itself cannot be read is told apart from what is wrong in it.
///
/// # Errors
/// [`Error::ReadPolicy`] or [`Error::Policy`].
pub fn load_policy(file: &Path) -> Result<Policy, Error> {
    let readable = || match std::fs::metadata(file)?.is_file() {
        true => File::open(file).map(drop),
        // To open a FIFO waits for whoever writes to it; what is wrong with it the policy says.
        false => Ok(()),
    };
    readable().map_err(|source| Error::ReadPolicy { file: file.to_owned(), source })?;
    Ok(Policy::load(file)?)
}
