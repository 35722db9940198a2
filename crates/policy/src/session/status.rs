use std::fmt;

use super::SubjectHash;

/// What the token of a request is worth; of several that apply, the first in the order of [`SessionStatus::ALL`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SessionStatus {
    /// No token.
    None,
    /// Not a JSON Web Token as this policy reads it: too long, not three parts of base64url, not JSON, a claim of another
    /// type, no expiry, `crit` or a key in its header.
    Malformed,
    /// Not read: too many tokens of this client were read in vain just before.
    Unread,
    /// No key of the policy is the one that the token names.
    UnknownKey,
    /// The signature is not that of the key, or the algorithm is not the key's.
    BadSignature,
    /// Genuine, but its time is over.
    Expired,
    /// Genuine, but its time has not come.
    NotYet,
    /// Genuine, but of an issuer that the policy does not name.
    WrongIssuer,
    /// Genuine, but for others.
    WrongAudience,
    /// Genuine and in force; only this makes a session.
    Valid,
}

impl SessionStatus {
    /// Every status, in the order in which they are decided.
    pub const ALL: [Self; 10] = [
        Self::None,
        Self::Malformed,
        Self::Unread,
        Self::UnknownKey,
        Self::BadSignature,
        Self::Expired,
        Self::NotYet,
        Self::WrongIssuer,
        Self::WrongAudience,
        Self::Valid,
    ];

    /// The name that labels, variables and VCL show.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Malformed => "malformed",
            Self::Unread => "unread",
            Self::UnknownKey => "unknown_key",
            Self::BadSignature => "bad_signature",
            Self::Expired => "expired",
            Self::NotYet => "not_yet",
            Self::WrongIssuer => "wrong_issuer",
            Self::WrongAudience => "wrong_audience",
            Self::Valid => "valid",
        }
    }
}

impl fmt::Display for SessionStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is known of the session of a request. Nothing in it is a secret, or leads back to an account without the key that
/// hashes subjects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session<'a> {
    /// What the token is worth; the fields below are absent unless it is `valid`.
    pub status: SessionStatus,
    /// Whose session it is; absent where the token names nobody, as one by client credentials does (RFC 6749 section 4.4).
    /// Such a session shares nothing with another one: it counts by its address.
    pub subject: Option<SubjectHash>,
    /// The class of the session, if the policy lists it.
    pub class: Option<&'a str>,
}

impl Session<'_> {
    /// A status of which nothing else is known.
    pub(crate) const fn only(status: SessionStatus) -> Self {
        Self { status, subject: None, class: None }
    }

    /// Whether the request belongs to somebody who is logged in.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.status == SessionStatus::Valid
    }
}
