use std::borrow::Cow;
use std::fmt;

/// What is known of the provenance parameters of a URL; of several that apply, the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SealStatus {
    /// No provenance parameter at all, or a host that carries none.
    None,
    /// Some parameters, but no seal: normal for URLs that were made before seals.
    Unsigned,
    /// A seal that does not parse, a parameter given twice, or a value that no signer would write.
    Malformed,
    /// The seal names a key that this policy does not have.
    UnknownKey,
    /// The MAC is not that of this URL and these parameters.
    Forged,
    /// The seal's time lies further ahead than the allowed skew.
    Early,
    /// The seal is older than its source allows, or no source allows its generator any age.
    Stale,
    /// Genuine and fresh.
    Valid,
}

impl SealStatus {
    /// Every status, in the order in which they are decided.
    pub const ALL: [Self; 8] = [
        Self::None,
        Self::Unsigned,
        Self::Malformed,
        Self::UnknownKey,
        Self::Forged,
        Self::Early,
        Self::Stale,
        Self::Valid,
    ];

    /// The name that labels, variables and VCL show.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Unsigned => "unsigned",
            Self::Malformed => "malformed",
            Self::UnknownKey => "unknown_key",
            Self::Forged => "forged",
            Self::Early => "early",
            Self::Stale => "stale",
            Self::Valid => "valid",
        }
    }
}

impl fmt::Display for SealStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where the URL of an image comes from, and how much of that is known for sure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageProvenance<'a> {
    /// What the parameters are worth; the fields below are claims unless it is `valid`, `stale` or `early`.
    pub status: SealStatus,
    /// The site that the URL was made for; absent with `none` and `malformed`.
    pub site: Option<Cow<'a, str>>,
    /// The software component that made the URL; absent with `none` and `malformed`.
    pub generator: Option<Cow<'a, str>>,
    /// What is asked for; absent with `none` and `malformed`.
    pub format: Option<Cow<'a, str>>,
    /// The class of the generator; `unknown` for one that the policy does not name.
    pub source: Option<&'a str>,
    /// Seconds since the seal's time, 0 for one that lies ahead; only where the MAC is right.
    pub age: Option<u64>,
}

impl ImageProvenance<'_> {
    /// A status of which nothing else is known.
    pub(crate) const fn only(status: SealStatus) -> Self {
        Self { status, site: None, generator: None, format: None, source: None, age: None }
    }

    /// Whether the URL is genuine and not older than its source allows.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        self.status == SealStatus::Valid
    }
}
