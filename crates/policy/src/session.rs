//! Sessions: whether a request carries a JSON Web Token (RFC 7519) that one of our issuers signed.
//!
//! ```text
//! token = header "." claims "." signature          base64url without padding, at most 8,192 bytes (RFC 7515 section 7.1)
//!
//! {"alg":"RS256","kid":"mw2026a"} . {"iss":…,"sub":"mw:CentralAuth::42","exp":1795176600,"rlc":"authed-user"} . …
//! ```
//!
//! A request is judged in this order: [`places`] names the values that may be tokens; the [`cache`] knows those that were
//! seen before; of any other, [`token`] takes the three parts apart, [`header`] and [`claims`] read what stands in them,
//! [`key`] verifies the signature, and [`subject`] hashes whom it names. What is found stays true whatever the time
//! ([`finding`]); only then is it held against the clock. A client whose tokens were read in vain too often waits (`failures`). [`verify`](Sessions::verify) puts them together.
//! The page for operators is `docs/sessions.md`; the vectors in `tests/vectors/sessions` bind every implementation.

pub(crate) mod places;

mod cache;

mod failures;

pub(crate) mod token;

mod json;

pub(crate) mod header;

pub(crate) mod claims;

pub(crate) mod algorithm;

pub(crate) mod key;

mod subject;

pub(crate) mod finding;

mod status;

mod fingerprint;

mod verify;

mod compile;

pub use cache::{CacheError, SessionCache};
pub use status::{Session, SessionStatus};
pub use subject::SubjectHash;

use std::time::Duration;

use claims::ClaimNames;
use fingerprint::Fingerprint;
use key::KeyRing;
use places::Places;
pub(crate) use subject::SubjectKey;

/// Section `sessions` of a policy, compiled.
#[derive(Debug)]
pub struct Sessions {
    places: Places,
    keys: KeyRing,
    names: ClaimNames,
    /// Empty: any.
    issuers: Box<[Box<str>]>,
    /// Empty: any.
    audiences: Box<[Box<str>]>,
    leeway: Duration,
    rate_classes: Box<[Box<str>]>,
    subject_key: SubjectKey,
    fingerprint: Fingerprint,
}

impl Sessions {
    /// Names of the cookies that may hold a token: what a proxy takes off a request that needs it no more.
    pub fn cookies(&self) -> impl Iterator<Item = &str> {
        self.places.cookies.iter().map(|name| &**name)
    }

    /// Name of the query parameter that may hold a token: never part of a cache key.
    #[must_use]
    pub fn parameter(&self) -> Option<&str> {
        self.places.parameter.as_deref()
    }

    /// The secrets of HS256, each with the id of its key.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.keys.secrets()
    }

    pub(crate) fn subject_key(&self) -> &SubjectKey {
        &self.subject_key
    }

    /// Whether `Authorization: Bearer` is read.
    #[must_use]
    pub fn reads_bearer(&self) -> bool {
        self.places.bearer
    }
}
