use std::fmt;

use super::network::Network;
use crate::document::NetworkKind;

/// How far a client is trusted. The letters are those of `X-Trusted-Request`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// A trusted network.
    A,
    /// A verified crawler: user agent and source range are those of one known client.
    B,
    /// A valid session.
    C,
    /// A program that names a contact in its user agent.
    D,
    /// Everyone else.
    E,
    /// A network known for abuse.
    F,
}

impl Tier {
    /// The tier of a client: the network decides first, a contact only where the network says nothing.
    #[must_use]
    pub(crate) fn of(network: Option<&Network>, names_a_contact: bool) -> Self {
        match network.map(|network| network.kind) {
            Some(NetworkKind::Trusted | NetworkKind::Internal) => Self::A,
            Some(NetworkKind::Abusive) => Self::F,
            Some(NetworkKind::Cloud | NetworkKind::Client) | None if names_a_contact => Self::D,
            Some(NetworkKind::Cloud | NetworkKind::Client) | None => Self::E,
        }
    }

    /// The letter.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::D => "D",
            Self::E => "E",
            Self::F => "F",
        }
    }
}

impl std::str::FromStr for Tier {
    type Err = UnknownTier;

    fn from_str(letter: &str) -> Result<Self, UnknownTier> {
        let tiers = [Self::A, Self::B, Self::C, Self::D, Self::E, Self::F];
        tiers.into_iter().find(|tier| tier.as_str() == letter).ok_or(UnknownTier)
    }
}

/// A text that is not the letter of a tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a tier; expected a letter from A to F")]
pub struct UnknownTier;

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(kind: NetworkKind) -> Network {
        Network { name: "example".into(), kind, shadow: false }
    }

    #[test]
    fn a_trusted_or_internal_network_is_a_whatever_the_user_agent() {
        for kind in [NetworkKind::Trusted, NetworkKind::Internal] {
            assert_eq!(Tier::of(Some(&network(kind)), false), Tier::A);
            assert_eq!(Tier::of(Some(&network(kind)), true), Tier::A);
        }
    }

    #[test]
    fn a_contact_does_not_lift_an_abusive_network() {
        assert_eq!(Tier::of(Some(&network(NetworkKind::Abusive)), true), Tier::F);
    }

    #[test]
    fn a_contact_makes_d_where_the_network_says_nothing() {
        for network in [None, Some(network(NetworkKind::Cloud)), Some(network(NetworkKind::Client))] {
            assert_eq!(Tier::of(network.as_ref(), true), Tier::D);
            assert_eq!(Tier::of(network.as_ref(), false), Tier::E);
        }
    }
}
