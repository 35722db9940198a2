//! `provenancectl`: see what a policy does before it does it.
//!
//! 1. [`cli`]: the command line, from which help, completions and manual pages are made. Each command's options stand with it.
//! 2. [`console`]: where answers go, as text or as JSON; [`exit`] and [`error`] are how a command ends.
//! 3. [`policy_file`], [`at`], [`request`]: what commands take, a policy, a time, a request. [`untrusted`]: what may be shown of it.
//!
//! The commands, in the order in which a policy lives:
//!
//! 4. [`check`]: does it compile, and what is odd about it.
//! 5. [`explain`]: what does it say of a request, and why.
//! 6. [`replay`]: what does it make of yesterday's access logs, and what would another change.
//! 7. [`timeline`]: when does what begin.
//! 8. [`seal`], [`keys`]: URLs of images, sealed and verified; the secrets for that. [`cookie`]: a pass for people.
//! 9. [`import`]: a policy from the rules of another tool.
//! 10. [`shell`]: completions and manual pages.

pub mod cli;

pub mod console;
pub mod error;
pub mod exit;

pub mod at;
pub mod policy_file;
pub mod request;
pub mod untrusted;

pub mod check;
pub mod explain;
pub mod replay;

pub mod timeline;

pub mod cookie;
pub mod keys;
pub mod seal;

pub mod import;

pub mod shell;

pub use cli::{Cli, Command, run};
pub use console::Console;
pub use error::Error;
pub use exit::Exit;
