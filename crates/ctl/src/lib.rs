//! `provenancectl`: see what a policy does before it does it.
//!
//! 1. [`cli`]: the command line, from which help, completions and manual pages are made. Each command's options stand with it.
//! 2. [`console`]: where answers go, as text or as JSON; [`exit`] and [`error`] are how a command ends.
//! 3. [`policy_file`], [`at`]: what most commands take, a policy and a time.
//!
//! The commands, in the order in which a policy lives:
//!
//! 4. [`check`]: does it compile, and what is odd about it.
//! 5. [`import`]: a policy from the rules of another tool.
//! 6. [`shell`]: completions and manual pages.

pub mod cli;

pub mod console;
pub mod error;
pub mod exit;

pub mod at;
pub mod policy_file;

pub mod check;
pub mod import;
pub mod shell;

pub use cli::{Cli, Command, run};
pub use console::Console;
pub use error::Error;
pub use exit::Exit;
