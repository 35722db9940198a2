//! The provenance of an image URL: parse, canonical message, verify, sign, strip.
//!
//! ```text
//! utm_source=<site>&utm_campaign=<generator>&utm_content=<format>&utm_term=<seal>       names are the policy's choice
//!
//! seal    = "1" scope "." kid "." ts "." mac
//! scope   = "e"  this path alone  |  "f"  the file: any thumbnail of it
//! mac     = base64url of the first 16 bytes of HMAC-SHA256(secret, message)
//! message = "provenance.v1" LF scope LF host LF path LF site LF generator LF format LF ts
//! ```
//!
//! A request is judged in this order: [`parameters`] finds the four parameters in the query, [`token`] parses the seal, [`key`]
//! names its secret, [`message`] feeds the canonical message (with [`form`] and [`rewrite`]) to the MAC, and
//! [`source`] tells the maximum age. [`verify`](Provenance::verify) puts them together; [`sign`](Provenance::sign) makes what
//! it accepts, and [`strip`](Provenance::strip) removes it all again before a cache looks at the URL.
//! The page for whoever generates URLs is `docs/seal.md`; the vectors in `tests/vectors/seal` bind every implementation.

pub(crate) mod form;
pub(crate) mod parameters;
pub(crate) mod token;

pub(crate) mod key;
pub(crate) mod rewrite;
pub(crate) mod source;

pub(crate) mod message;

mod sign;
mod status;
mod strip;
mod verify;

mod compile;

use std::time::Duration;

pub use key::SecretError;
pub(crate) use key::read_secret;
pub use sign::{SignError, SignRequest};
pub use status::{ImageProvenance, SealStatus};
pub use token::Scope;

use key::KeyRing;
use parameters::Parameters;
use rewrite::Rewrite;
use source::Sources;

use crate::facts::host::{HostPattern, without_port};

/// Section `provenance` of a policy, compiled.
#[derive(Debug)]
pub struct Provenance {
    parameters: Parameters,
    hosts: Box<[HostPattern]>,
    skew: Duration,
    keys: KeyRing,
    sources: Sources,
    rewrites: Vec<Rewrite>,
}

impl Provenance {
    pub(crate) fn keys(&self) -> &KeyRing {
        &self.keys
    }

    pub(crate) fn sources(&self) -> &Sources {
        &self.sources
    }

    /// Whether URLs of `host` (as in the `Host` header) carry provenance.
    fn covers(&self, host: &[u8]) -> bool {
        self.hosts.is_empty() || {
            let host = without_port(host);
            self.hosts.iter().any(|pattern| pattern.matches(host))
        }
    }
}

#[cfg(test)]
mod tests;
