//! Cookie passes: a cookie that people set by hand, to be let in where their network is refused (`docs/cookie-pass.md`).
//!
//! Whoever knows the value has the pass: it tells people from crawlers only as long as no crawler is told. It lifts
//! [tier F](crate::classify::Tier::F) to E and does nothing else.

mod compile;
mod domain;
mod snippet;

#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Duration;

use sha2::{Digest as _, Sha256};

pub use snippet::Snippet;

use crate::Timestamp;
use crate::facts::Request;
use crate::facts::host::{HostPattern, without_port};

/// Longest value in bytes; a longer one that is sent is none of ours.
const MAX_VALUE: usize = 255;
/// Most cookies of one name that are looked at: a browser sends one for each domain and path that it was set for.
const MAX_SENT: usize = 4;

/// Section `cookie_passes`, compiled.
#[derive(Debug, Default)]
pub struct CookiePasses {
    list: Box<[Pass]>,
}

/// An entry of section `cookie_passes`.
pub struct Pass {
    host: HostPattern,
    name: Box<str>,
    values: Box<[Value]>,
    /// As browsers are told, with its dot; none for a cookie of one host.
    domain: Option<Box<str>>,
    max_age: Duration,
}

/// A value that counts until a time.
struct Value {
    text: Box<str>,
    digest: [u8; 32],
    until: Timestamp,
}

impl CookiePasses {
    /// The pass that a request has, if any.
    ///
    /// Costs nothing where the policy has no pass for the host, and a SHA-256 for each cookie of the name, at most four.
    /// Allocates nothing.
    #[must_use]
    pub fn grants(&self, request: &Request<'_>, now: Timestamp) -> Option<&Pass> {
        let host = without_port(request.host);
        self.list.iter().find(|pass| pass.host.matches(host) && pass.is_held(request, now))
    }

    /// The passes, in the order of the policy.
    pub fn passes(&self) -> impl Iterator<Item = &Pass> {
        self.list.iter()
    }
}

impl Pass {
    /// Name of the cookie.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The host that it is for, as the policy writes it: a name, or `*.example.org`.
    #[must_use]
    pub fn host(&self) -> impl std::fmt::Display + '_ {
        &self.host
    }

    fn is_held(&self, request: &Request<'_>, now: Timestamp) -> bool {
        let sent = request.headers.cookies(self.name.as_bytes()).take(MAX_SENT);
        sent.filter(|value| (1..=MAX_VALUE).contains(&value.len())).any(|value| self.accepts(value, now))
    }

    /// Whether a value counts at `now`. Every value is compared, by its SHA-256: how long that takes depends on what was sent alone,
    /// and tells neither the length of a value nor how much of it was right.
    fn accepts(&self, sent: &[u8], now: Timestamp) -> bool {
        let sent: [u8; 32] = Sha256::digest(sent).into();
        self.values
            .iter()
            .fold(false, |found, value| found | (equal(&value.digest, &sent) & (now < value.until)))
    }
}

/// Compares without a branch that depends on the content.
fn equal(one: &[u8; 32], other: &[u8; 32]) -> bool {
    one.iter().zip(other).fold(0, |differ, (one, other)| differ | (one ^ other)) == 0
}

/// Without the values: who has one is let in.
impl fmt::Debug for Pass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pass")
            .field("host", &self.host)
            .field("name", &self.name)
            .field("values", &self.values)
            .field("domain", &self.domain)
            .field("max_age", &self.max_age)
            .finish()
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Value")
            .field("text_bytes", &self.text.len())
            .field("digest", &"redacted")
            .field("until", &self.until)
            .finish()
    }
}
