use std::net::IpAddr;

use super::cache::CacheKey;
use super::finding::{Finding, Lifetime, Standing};
use super::header::Header;
use super::token::{Token, may_be_a_token};
use super::{Session, SessionCache, SessionStatus, Sessions};
use crate::{Request, Timestamp};

/// Most values of a request that are looked at: browsers send a cookie of one name twice, or three times, where it was set
/// for two domains and in a partition; whoever sends more means no good.
const MAX_VALUES: usize = 4;

impl Sessions {
    /// What the tokens of a request are worth at the time `now`.
    ///
    /// The first valid one makes the session. Where none is, the status is that of the first. A signature that is not the
    /// key's ends the search, so that no request costs more than one verification in vain.
    ///
    /// A token that `cache` knows costs one hash of it, and allocates nothing. Any other costs microseconds or tens of them, so
    /// that a `client`, whose address this is (none where it is not known), has a number of them read in vain and then waits;
    /// its tokens that the cache knows go on counting.
    #[must_use]
    pub fn verify<'a>(
        &'a self,
        request: &Request<'a>,
        client: Option<IpAddr>,
        cache: &SessionCache,
        now: Timestamp,
    ) -> Session<'a> {
        let mut first = None;
        for value in self.places.values(request).take(MAX_VALUES) {
            let found = self.find(value, client, cache, now);
            let session = match &found {
                Ok(finding) => self.session(finding, now),
                Err(status) => Session::only(*status),
            };
            if session.is_valid() {
                return session;
            }
            first = first.or(Some(session));
            if found == Ok(Finding::BAD_SIGNATURE) {
                break;
            }
        }
        first.unwrap_or(Session::only(SessionStatus::None))
    }

    /// What is true of a token; an error where it was not read.
    ///
    /// What is true is kept, whatever it is: a program that sends the token of another service with each request sends one in
    /// vain, not many.
    fn find(
        &self,
        value: &[u8],
        client: Option<IpAddr>,
        cache: &SessionCache,
        now: Timestamp,
    ) -> Result<Finding, SessionStatus> {
        if !may_be_a_token(value) {
            return Err(SessionStatus::Malformed);
        }
        let key = CacheKey::new(cache, &self.fingerprint, value);
        if let Some(finding) = cache.find(&key) {
            return Ok(finding);
        }
        if cache.failures.exhausted(client, now) {
            return Err(SessionStatus::Unread);
        }
        let finding = self.examine(value).unwrap_or_else(Finding::unverified);
        if !finding.is_genuine() {
            cache.failures.count(client, now);
        }
        cache.insert(&key, finding, now);
        Ok(finding)
    }

    /// Reads a token and verifies its signature.
    fn examine(&self, value: &[u8]) -> Result<Finding, SessionStatus> {
        let token = Token::parse(value).ok_or(SessionStatus::Malformed)?;
        let header = Header::parse(&token.header).ok_or(SessionStatus::Malformed)?;
        let claims = self.names.parse(&token.claims).ok_or(SessionStatus::Malformed)?;
        let key = self.keys.find(&header)?;
        if !key.verifies(token.signed, &token.signature) {
            return Ok(Finding::BAD_SIGNATURE);
        }
        let of_an_issuer = self.issuers.is_empty()
            || claims.issuer.is_some_and(|issuer| self.issuers.iter().any(|ours| **ours == *issuer));
        let for_us = self.audiences.is_empty()
            || claims.audience.is_some_and(|audience| audience.has_one_of(&self.audiences));
        let class =
            claims.rate_class.and_then(|name| self.rate_classes.iter().position(|class| **class == *name));
        let not_before = claims.not_before.map_or(0, |time| time.seconds());
        Ok(Finding {
            standing: match (of_an_issuer, for_us) {
                (false, _) => Standing::WrongIssuer,
                (true, false) => Standing::WrongAudience,
                (true, true) => Standing::Good,
            },
            lifetime: Lifetime::new(not_before, claims.expires.seconds(), self.leeway),
            subject: claims.subject.and_then(|sub| self.subject_key.hash(&sub)),
            class: class.and_then(|place| u8::try_from(place).ok()),
        })
    }

    fn session(&self, finding: &Finding, now: Timestamp) -> Session<'_> {
        let status = finding.status(now);
        if status != SessionStatus::Valid {
            return Session::only(status);
        }
        let class = finding.class.and_then(|place| self.rate_classes.get(usize::from(place)));
        Session { status, subject: finding.subject, class: class.map(|class| &**class) }
    }
}
