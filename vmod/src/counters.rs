//! What varnishstat shows of an object.

use std::ffi::CStr;
use std::sync::atomic::{AtomicU64, Ordering};

use policy::classify::Tier;
use policy::seal::SealStatus;
use policy::session::SessionStatus;
use varnish::ffi::VCL_Name;
use varnish::vcl::Ctx;
use varnish::{Vsc, VscMetric};

use crate::decision::Decision;

/// Counts of one object, as `provenance.<vcl>.<object>.<counter>`. A task counts once, with the first method that asks.
#[derive(VscMetric)]
#[repr(C)]
pub(crate) struct Counters {
    /// Image URLs without provenance
    #[counter]
    seal_none: AtomicU64,
    /// Image URLs with provenance and no seal
    #[counter]
    seal_unsigned: AtomicU64,
    /// Image URLs whose seal or provenance does not parse
    #[counter]
    seal_malformed: AtomicU64,
    /// Image URLs whose seal names a key that the policy has not
    #[counter]
    seal_unknown_key: AtomicU64,
    /// Image URLs whose seal is not that of the URL
    #[counter]
    seal_forged: AtomicU64,
    /// Image URLs sealed in the future
    #[counter]
    seal_early: AtomicU64,
    /// Image URLs older than their source allows
    #[counter]
    seal_stale: AtomicU64,
    /// Image URLs that are genuine and fresh
    #[counter]
    seal_valid: AtomicU64,
    /// Requests of tier A, trusted networks
    #[counter]
    tier_a: AtomicU64,
    /// Requests of tier B, verified crawlers
    #[counter]
    tier_b: AtomicU64,
    /// Requests of tier C, sessions
    #[counter]
    tier_c: AtomicU64,
    /// Requests of tier D, programs that name a contact
    #[counter]
    tier_d: AtomicU64,
    /// Requests of tier E, everyone else
    #[counter]
    tier_e: AtomicU64,
    /// Requests of tier F, networks known for abuse
    #[counter]
    tier_f: AtomicU64,
    /// Requests without a token
    #[counter]
    session_none: AtomicU64,
    /// Requests with a token that is none
    #[counter]
    session_malformed: AtomicU64,
    /// Requests with a token that was not read, after too many in vain
    #[counter]
    session_unread: AtomicU64,
    /// Requests with a token by a key that the policy has not
    #[counter]
    session_unknown_key: AtomicU64,
    /// Requests with a token that its key has not signed
    #[counter]
    session_bad_signature: AtomicU64,
    /// Requests with a token that is over
    #[counter]
    session_expired: AtomicU64,
    /// Requests with a token whose time has not come
    #[counter]
    session_not_yet: AtomicU64,
    /// Requests with a token of another issuer
    #[counter]
    session_wrong_issuer: AtomicU64,
    /// Requests with a token for others
    #[counter]
    session_wrong_audience: AtomicU64,
    /// Requests with a token that makes a session
    #[counter]
    session_valid: AtomicU64,
    /// Requests that say they are of a crawler that they are not of
    #[counter]
    impostor: AtomicU64,
    /// Requests that the policy refuses
    #[counter]
    denied: AtomicU64,
    /// Requests that the policy refuses because they are for a sitemap
    #[counter]
    sitemap_denied: AtomicU64,
}

impl Counters {
    /// The counters of an object of the VCL at hand, all zero. They go with the object.
    pub(crate) fn publish(ctx: &Ctx<'_>, object: &CStr) -> Vsc<Self> {
        // SAFETY: a constructor is called with the VCL that it belongs to, whose name ends in NUL and lives as long.
        let vcl = unsafe { CStr::from_ptr(VCL_Name(ctx.raw.vcl.0)) };
        // A format of printf(3); names of VCLs and of objects have no "%" in them (varnish-cli(7), vcl(7)).
        Vsc::new("provenance", &format!("{}.{}", vcl.to_string_lossy(), object.to_string_lossy()))
    }

    pub(crate) fn count_seal(&self, status: SealStatus) {
        add(match status {
            SealStatus::None => &self.seal_none,
            SealStatus::Unsigned => &self.seal_unsigned,
            SealStatus::Malformed => &self.seal_malformed,
            SealStatus::UnknownKey => &self.seal_unknown_key,
            SealStatus::Forged => &self.seal_forged,
            SealStatus::Early => &self.seal_early,
            SealStatus::Stale => &self.seal_stale,
            SealStatus::Valid => &self.seal_valid,
        });
    }

    pub(crate) fn count_decision(&self, decision: &Decision) {
        add(match decision.tier {
            Tier::A => &self.tier_a,
            Tier::B => &self.tier_b,
            Tier::C => &self.tier_c,
            Tier::D => &self.tier_d,
            Tier::E => &self.tier_e,
            Tier::F => &self.tier_f,
        });
        add(match decision.session {
            SessionStatus::None => &self.session_none,
            SessionStatus::Malformed => &self.session_malformed,
            SessionStatus::Unread => &self.session_unread,
            SessionStatus::UnknownKey => &self.session_unknown_key,
            SessionStatus::BadSignature => &self.session_bad_signature,
            SessionStatus::Expired => &self.session_expired,
            SessionStatus::NotYet => &self.session_not_yet,
            SessionStatus::WrongIssuer => &self.session_wrong_issuer,
            SessionStatus::WrongAudience => &self.session_wrong_audience,
            SessionStatus::Valid => &self.session_valid,
        });
        let others = [
            (decision.is_impostor, &self.impostor),
            (decision.is_denied, &self.denied),
            (decision.is_sitemap_denied, &self.sitemap_denied),
        ];
        others.into_iter().filter(|(holds, _)| *holds).for_each(|(_, counter)| add(counter));
    }
}

fn add(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}
