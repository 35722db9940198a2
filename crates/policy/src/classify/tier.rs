use std::fmt;

use super::client::Standing;
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
    /// The tier of a client, first that applies: a trusted network is A; an abusive one F, which a session lifts to C and a
    /// cookie pass to E; a known crawler is B, a session C, a contact D.
    #[must_use]
    pub(super) const fn of(client: &Standing) -> Self {
        match client.network {
            Some(NetworkKind::Trusted | NetworkKind::Internal) => Self::A,
            Some(NetworkKind::Abusive) if client.has_session => Self::C,
            Some(NetworkKind::Abusive) if client.has_pass => Self::E,
            Some(NetworkKind::Abusive) => Self::F,
            Some(NetworkKind::Cloud | NetworkKind::Client) | None => match client {
                Standing { is_known_crawler: true, .. } => Self::B,
                Standing { has_session: true, .. } => Self::C,
                Standing { names_a_contact: true, .. } => Self::D,
                _ => Self::E,
            },
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

    /// A client that has nothing to show, from a network of this kind.
    fn from(network: Option<NetworkKind>) -> Standing {
        Standing {
            network,
            is_known_crawler: false,
            has_session: false,
            has_pass: false,
            names_a_contact: false,
        }
    }

    fn with_everything(network: Option<NetworkKind>) -> Standing {
        Standing { network, is_known_crawler: true, has_session: true, has_pass: true, names_a_contact: true }
    }

    #[test]
    fn a_trusted_or_internal_network_is_a_whatever_else_is_shown() {
        for kind in [NetworkKind::Trusted, NetworkKind::Internal] {
            assert_eq!(Tier::of(&from(Some(kind))), Tier::A);
            assert_eq!(Tier::of(&with_everything(Some(kind))), Tier::A);
        }
    }

    #[test]
    fn a_session_lifts_an_abusive_network_to_c_a_pass_to_e_and_nothing_else_does() {
        let abusive = || from(Some(NetworkKind::Abusive));
        assert_eq!(Tier::of(&Standing { has_session: true, ..abusive() }), Tier::C);
        assert_eq!(Tier::of(&with_everything(Some(NetworkKind::Abusive))), Tier::C);
        let pass = Standing { has_pass: true, names_a_contact: true, ..abusive() };
        assert_eq!(Tier::of(&pass), Tier::E, "a pass lifts no further, contact or not");
        assert_eq!(
            Tier::of(&Standing { names_a_contact: true, is_known_crawler: true, ..abusive() }),
            Tier::F
        );
    }

    #[test]
    fn elsewhere_a_crawler_is_b_a_session_c_a_contact_d_in_this_order() {
        for network in [None, Some(NetworkKind::Cloud), Some(NetworkKind::Client)] {
            assert_eq!(Tier::of(&from(network)), Tier::E);
            assert_eq!(Tier::of(&Standing { has_pass: true, ..from(network) }), Tier::E);
            assert_eq!(Tier::of(&Standing { names_a_contact: true, ..from(network) }), Tier::D);
            let session = Standing { has_session: true, names_a_contact: true, ..from(network) };
            assert_eq!(Tier::of(&session), Tier::C);
            assert_eq!(Tier::of(&with_everything(network)), Tier::B);
        }
    }
}
