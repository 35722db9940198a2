//! How a command ends.

use std::process::ExitCode;

/// How a command ends; the numbers are part of the contract with scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done, and where the command asks a question, the answer is yes.
    Done = 0,
    /// The answer is no: a policy or a seal is not valid.
    No = 1,
    /// The command line makes no sense.
    Usage = 2,
    /// Something could not be read, written or reached.
    Unavailable = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
