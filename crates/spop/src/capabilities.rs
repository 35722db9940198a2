//! Capabilities: what the peers can do beyond the mandatory (SPOE.txt, section 3.2.1).

use core::fmt;

/// One capability.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Capability {
    /// Several NOTIFY frames may be under way, and their ACKs come in any order.
    Pipelining,
    /// An ACK may come over another connection than its NOTIFY. Announced by HAProxy up to 3.0, ignored
    /// since.
    Async,
    /// Payloads may be split over frames. Announced by HAProxy up to 3.0 if asked to, removed since. This
    /// crate reads no fragments: an agent built on it must not announce the capability.
    Fragmentation,
}

impl Capability {
    const ALL: [Self; 3] = [Self::Pipelining, Self::Async, Self::Fragmentation];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pipelining => "pipelining",
            Self::Async => "async",
            Self::Fragmentation => "fragmentation",
        }
    }
}

/// `capabilities` of a hello: a list separated by commas.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Capabilities<'a>(&'a [u8]);

impl<'a> Capabilities<'a> {
    /// No capability at all: one frame at a time.
    pub const NONE: Self = Self(b"");
    /// Pipelining alone.
    pub const PIPELINING: Self = Self(b"pipelining");

    /// A list as it stands in the item: "pipelining,async".
    #[must_use]
    pub const fn new(list: &'a [u8]) -> Self {
        Self(list)
    }

    /// The list as it stands in the item.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.0
    }

    /// The capabilities in their order. Spaces and unknown ones are ignored.
    pub fn iter(&self) -> impl Iterator<Item = Capability> + 'a {
        self.0.split(|&byte| byte == b',').map(<[u8]>::trim_ascii).filter_map(|name| {
            Capability::ALL.into_iter().find(|capability| capability.as_str().as_bytes() == name)
        })
    }

    /// Whether the list has `capability`.
    #[must_use]
    pub fn contains(&self, capability: Capability) -> bool {
        self.iter().any(|listed| listed == capability)
    }
}

impl fmt::Debug for Capabilities<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;

    #[test]
    fn unknown_capabilities_and_spaces_are_ignored() {
        let list = Capabilities::new(b" async ,teleportation,,  pipelining");
        assert_eq!(list.iter().collect::<Vec<_>>(), [Capability::Async, Capability::Pipelining]);
    }

    #[test]
    fn a_longer_name_is_another_capability() {
        let list = Capabilities::new(b"pipelining2,Pipelining,pipe lining");
        assert!(!list.contains(Capability::Pipelining));
    }

    #[test]
    fn an_empty_list_has_none() {
        assert_eq!(Capabilities::NONE.iter().count(), 0);
        assert!(Capabilities::PIPELINING.contains(Capability::Pipelining));
        assert!(!Capabilities::PIPELINING.contains(Capability::Fragmentation));
    }
}
