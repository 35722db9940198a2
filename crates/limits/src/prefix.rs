use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::Error;

/// Length of an IPv4 prefix in bits, 0 to 32 (RFC 4632, 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ipv4PrefixLen(u8);

/// Length of an IPv6 prefix in bits, 0 to 128 (RFC 4291, 2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ipv6PrefixLen(u8);

impl Ipv4PrefixLen {
    /// The whole address.
    pub const HOST: Self = Self(32);

    /// The length in bits.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl Ipv6PrefixLen {
    /// A subnet (RFC 4291, 2.5.4): what a single customer has at the least, and can move about in at will.
    pub const SUBNET: Self = Self(64);

    /// The length in bits.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

/// [`Error::PrefixLength`] over 32.
impl TryFrom<u8> for Ipv4PrefixLen {
    type Error = Error;

    fn try_from(length: u8) -> Result<Self, Error> {
        if length > 32 { Err(Error::PrefixLength { length, max: 32 }) } else { Ok(Self(length)) }
    }
}

/// [`Error::PrefixLength`] over 128.
impl TryFrom<u8> for Ipv6PrefixLen {
    type Error = Error;

    fn try_from(length: u8) -> Result<Self, Error> {
        if length > 128 { Err(Error::PrefixLength { length, max: 128 }) } else { Ok(Self(length)) }
    }
}

/// How much of an address a limit counts by; by default a whole IPv4 address and an IPv6 /64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PrefixLens {
    /// For IPv4 addresses, and for IPv6 addresses that map one.
    pub v4: Ipv4PrefixLen,
    /// For all other IPv6 addresses.
    pub v6: Ipv6PrefixLen,
}

impl Default for PrefixLens {
    fn default() -> Self {
        Self { v4: Ipv4PrefixLen::HOST, v6: Ipv6PrefixLen::SUBNET }
    }
}

impl PrefixLens {
    /// The network that an address counts under. An IPv4-mapped IPv6 address (RFC 4291, 2.5.5.2) is IPv4.
    #[must_use]
    pub fn prefix(self, address: IpAddr) -> IpPrefix {
        match address.to_canonical() {
            IpAddr::V4(v4) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.v4.0)).unwrap_or(0);
                IpPrefix { network: Ipv4Addr::from_bits(v4.to_bits() & mask).into(), len: self.v4.0 }
            }
            IpAddr::V6(v6) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.v6.0)).unwrap_or(0);
                IpPrefix { network: Ipv6Addr::from_bits(v6.to_bits() & mask).into(), len: self.v6.0 }
            }
        }
    }
}

/// A network: an address whose bits beyond the prefix length are zero, never an IPv4-mapped one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IpPrefix {
    network: IpAddr,
    len: u8,
}

impl IpPrefix {
    /// The first address of the network.
    #[must_use]
    pub const fn network(self) -> IpAddr {
        self.network
    }

    /// The prefix length in bits, at most 32 or 128.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a prefix length, not a collection's")]
    pub const fn len(self) -> u8 {
        self.len
    }
}

/// `192.0.2.7/32`, `2001:db8::/64`.
impl fmt::Display for IpPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.network, self.len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prefix(v4: u8, v6: u8, address: &str) -> String {
        let lens = PrefixLens { v4: v4.try_into().unwrap(), v6: v6.try_into().unwrap() };
        lens.prefix(address.parse().unwrap()).to_string()
    }

    #[test]
    fn takes_an_address_or_a_64_by_default() {
        let prefix = |address: &str| PrefixLens::default().prefix(address.parse().unwrap()).to_string();
        assert_eq!(prefix("192.0.2.7"), "192.0.2.7/32");
        assert_eq!(prefix("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
    }

    #[test]
    fn masks_at_every_edge_length() {
        for (v4, expected) in
            [(0, "0.0.0.0/0"), (1, "128.0.0.0/1"), (31, "203.0.113.254/31"), (32, "203.0.113.255/32")]
        {
            assert_eq!(prefix(v4, 64, "203.0.113.255"), expected);
        }
        for (v6, expected) in [(0, "::/0"), (1, "8000::/1"), (127, "ffff::fffe/127"), (128, "ffff::ffff/128")]
        {
            assert_eq!(prefix(32, v6, "ffff::ffff"), expected);
        }
    }

    #[test]
    fn counts_a_mapped_address_as_ipv4() {
        assert_eq!(prefix(24, 64, "::ffff:192.0.2.7"), "192.0.2.0/24");
    }

    #[test]
    fn refuses_a_length_over_that_of_an_address() {
        assert_eq!(Ipv4PrefixLen::try_from(33).unwrap_err().to_string(), "prefix length 33 is over 32");
        assert_eq!(Ipv6PrefixLen::try_from(129).unwrap_err().to_string(), "prefix length 129 is over 128");
    }
}
