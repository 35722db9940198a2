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
    /// Whether that is what was compiled: no file looked other after it was read than before.
    pub certain: bool,
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
    load_by(|| load_policy(file), file, before)
}

/// Reads until what was compiled is what its files hold: which files those are is known only afterwards, and a file that changes
/// meanwhile, or a symbolic link that is turned, would otherwise be in force under the fingerprint of its successor.
fn load_by(
    mut compile: impl FnMut() -> Result<Policy, Error>,
    file: &Path,
    before: &Seen,
) -> (Result<Policy, Error>, Load) {
    /// Two are enough unless files change again; whatever they do, an end must be.
    const MAX_READS: u32 = 3;

    let (begun, clock) = (SystemTime::now(), Instant::now());
    let mut just_before = before.look_again();
    let mut reads = 1;
    loop {
        let policy = compile();
        let files = match &policy {
            Ok(policy) => policy.files().to_vec(),
            Err(Error::Policy(error)) => error.files().to_vec(),
            Err(_) => vec![PolicyFile { path: file.to_owned(), kind: FileKind::Policy }],
        };
        let contents = Contents::read(&files);
        let after = Seen::look(&files);
        let certain = after.is_as(&just_before);
        if certain || policy.is_err() || reads >= MAX_READS {
            let seen = after.when_read(&just_before, before, begun);
            return (policy, Load { seen, contents, certain, took: clock.elapsed() });
        }
        just_before = after;
        reads = reads.saturating_add(1);
    }
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

#[cfg(test)]
mod tests;
