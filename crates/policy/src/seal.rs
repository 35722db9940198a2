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
pub use source::Source;
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
    /// The sources, in the order of the policy.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        self.sources.iter()
    }

    /// The keys, in the order of the policy: the id of each, and whether new seals are made with it.
    pub fn keys(&self) -> impl Iterator<Item = (&str, bool)> {
        self.keys.iter().map(|key| (&*key.id, key.signs))
    }

    /// How far ahead of a clock the time of a seal may be.
    #[must_use]
    pub fn skew(&self) -> Duration {
        self.skew
    }

    /// Whether `id` can be that of a key: 1 to 16 of `A-Z a-z 0-9 _`.
    #[must_use]
    pub fn is_key_id(id: &str) -> bool {
        token::is_kid(id)
    }

    pub(crate) fn key_ring(&self) -> &KeyRing {
        &self.keys
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
