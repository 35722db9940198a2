//! The browser score: how much a request looks like one that a browser sent, 0 to 100 (`docs/browser-score.md`).
//!
//! A user agent is a claim. What a browser sends beside it is not chosen by pages or people, and has to agree with the claim and
//! with itself. Each signal is weighed by the policy and says why it got its points.
//!
//! 1. `compile`: section `browser_score` → [`BrowserScore`].
//! 2. `claim`: what the user agent claims to be.
//! 3. `client_hints`, `connection`, `fetch_metadata`, `negotiation`: what all else says of it.
//! 4. `score`: the findings, weighed.

mod compile;

mod claim;

mod client_hints;
mod connection;
mod fetch_metadata;
mod negotiation;

mod score;

#[cfg(test)]
mod tests;

pub use compile::BrowserScore;
pub use score::{Score, Signal};

use crate::classify::user_agent::UaClass;
use crate::facts::{BrowserHints, Connection, Request};
use claim::Claim;
use score::Finding;

/// A signal, as it is before any request.
struct SignalKind {
    /// Its name, in the policy too.
    name: &'static str,
    /// Its weight where the policy names none.
    weight: u16,
    /// Whether HTTP libraries do not send it of their own accord, so that it confirms what the other signals say.
    confirms: bool,
}

/// Signals, in the order in which they are told.
const SIGNALS: [SignalKind; 9] = [
    SignalKind { name: "user_agent", weight: 20, confirms: false },
    SignalKind { name: "fetch_metadata", weight: 25, confirms: true },
    SignalKind { name: "client_hints", weight: 15, confirms: true },
    SignalKind { name: "accept", weight: 10, confirms: false },
    SignalKind { name: "accept_language", weight: 10, confirms: true },
    SignalKind { name: "accept_encoding", weight: 10, confirms: false },
    SignalKind { name: "http_version", weight: 10, confirms: false },
    SignalKind { name: "seal", weight: 10, confirms: false },
    SignalKind { name: "tls", weight: 15, confirms: false },
];

impl BrowserScore {
    /// Scores a request whose user agent is of `class`. `sealed`: its URL carries a valid seal
    /// ([`SealStatus::Valid`](crate::seal::SealStatus::Valid)).
    ///
    /// Linear in the headers that it looks at, of each of which it reads a bounded part; allocates nothing.
    #[must_use]
    pub fn score(
        &self,
        request: &Request<'_>,
        class: UaClass,
        connection: &Connection,
        sealed: bool,
    ) -> Score {
        let hints = request.headers.browser_hints();
        let claim = Claim::parse(request.headers.user_agent().unwrap_or_default(), class);
        let scene = Scene { request, hints, claim, connection };
        let findings = [
            scene.claim.judge(),
            fetch_metadata::judge(&scene),
            client_hints::judge(&scene),
            negotiation::judge_accept(&scene),
            negotiation::judge_language(hints),
            negotiation::judge_encoding(&scene),
            connection::judge_version(connection),
            if sealed { Finding::agrees("the URL has a valid seal") } else { Finding::silent("no seal") },
            connection::judge_label(connection),
        ];
        Score::weigh(findings, self.weights())
    }
}

/// What the signals look at.
struct Scene<'a> {
    request: &'a Request<'a>,
    hints: &'a BrowserHints<'a>,
    claim: Claim,
    connection: &'a Connection,
}

impl Scene<'_> {
    /// Whether a browser of this version would have sent what browsers send over TLS alone.
    fn is_secure(&self) -> bool {
        self.connection.is_secure()
    }

    /// Whether the request is for a part of something: a range (RFC 9110 section 14.2), as players of media ask for.
    fn asks_for_a_range(&self) -> bool {
        self.hints.range.is_some()
    }
}
