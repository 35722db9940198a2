//! The access policy of a CDN edge: request facts and a policy in, a verdict out.
//!
//! The agent and the VMOD run this crate on the same file, so they cannot disagree. It opens no socket,
//! starts no thread and reads no clock: every function that depends on the time takes a [`Timestamp`].
//!
//! Data flows through the modules in this order:
//!
//! 1. [`document`]: the policy file as it stands in YAML; unknown keys are refused.
//! 2. [`compile`]: document → [`Policy`], immutable; every problem is reported with file, line and key ([`error`]).
//! 3. [`facts`]: what a proxy knows of one request, borrowed from the proxy's buffers.
//! 4. [`seal`]: the provenance parameters of an image URL: parse, verify, sign, strip.
//! 5. [`session`]: the JSON Web Token of a logged-in user: find, verify, remember.
//! 6. [`classify`]: network, user agent, contact, known crawler, browser score, tier.
//! 7. [`decide`]: facts and classification against the rules and the rate-limit table of the `limits` crate.
//! 8. [`verdict`]: what is decided and why; one list of named fields feeds the SPOE variables, and by them HAProxy's log.
//! 9. [`answer`]: what a refused request is told, in the media type that it asks for.
//!
//! Beside this way stands [`check`](mod@check): what a policy that compiles hardly means, for the person who wrote it.

mod document;
mod error;
mod file;

mod compile;

pub mod facts;

pub mod seal;

pub mod session;

pub mod classify;

pub mod decide;

pub mod verdict;

mod reasons;

pub mod answer;

pub mod check;

pub use answer::{Answer, MediaType};
pub use check::{Checked, Warning, WarningKind, check};
pub use compile::{Operator, Policy};
pub use decide::Memory;
pub use error::{PolicyError, Problem};
pub use facts::{Headers, Request, Timestamp};
pub use file::{FileKind, PolicyFile};
pub use verdict::Verdict;
