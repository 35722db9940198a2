#![expect(deprecated, reason = "`SipHasher` is the one keyed hash of std; its successor hides the key")]

use std::fmt;
use std::hash::{Hasher, SipHasher};
use std::net::IpAddr;

use crate::IpPrefix;

/// The secret that keys are hashed with: 128 bits from the system's random source, drawn at start.
///
/// Without it, a client that can choose what it is keyed by (an IPv6 network, a contact) could aim many keys at
/// one bucket and push others out. Two tables agree on keys only if they have the same seed.
#[derive(Clone)]
pub struct Seed([u8; 16]);

impl From<[u8; 16]> for Seed {
    fn from(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(redacted)")
    }
}

/// Whom a request counts against, under which limit: 64 bits of SipHash-2-4 over the parts.
///
/// Two keys of one table collide with probability 2^-64; see [`Table`](crate::Table) for what is stored of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key(u64);

impl Key {
    /// 32 bits of the key for a log line: so that an operator can tell two cookies apart without reading either.
    ///
    /// Without the [`Seed`] they say nothing about the value, and they are no bits that choose the bucket. With it,
    /// a value that can be guessed (an IPv4 address) can be found by trying all. Equal values have equal digits
    /// under one limit and one seed only, so neither two limits nor two runs of a process can be joined by them.
    /// Two given keys share their digits with probability 2⁻³²; among 10,000 keys, some two do with 1.2 %.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "keeps the low 32 bits")]
    pub const fn digits(self) -> u32 {
        self.0 as u32
    }

    pub(crate) const fn hash(self) -> u64 {
        self.0
    }

    #[cfg(test)]
    pub(crate) const fn from_hash(hash: u64) -> Self {
        Self(hash)
    }
}

/// Makes keys from parts. It is made once for a limit and then copied for each request, which allocates nothing.
///
/// Every part is hashed with its kind and length in front, so that no two lists of parts are the same to it:
///
/// ```text
/// bytes:   00  length (7 bytes, little endian)  the bytes
/// IPv4:    04  prefix length (1 byte)           network (4 bytes)
/// IPv6:    06  prefix length (1 byte)           network (16 bytes)
/// ```
#[derive(Clone)]
pub struct KeyHasher(SipHasher);

impl KeyHasher {
    /// For keys under one limit; `limit` is its name or id in the policy and stays the same as long as its counts shall.
    #[must_use]
    pub fn new(seed: &Seed, limit: &str) -> Self {
        let [low, high] = halves(&seed.0);
        Self(SipHasher::new_with_keys(low, high)).bytes(limit.as_bytes())
    }

    /// A hasher that has taken these bytes as its next part. An empty part counts as a part.
    #[must_use]
    pub fn bytes(&self, part: &[u8]) -> Self {
        let mut hasher = self.0.clone();
        hasher.write(&((part.len() as u64) << 8).to_le_bytes());
        hasher.write(part);
        Self(hasher)
    }

    /// A hasher that has taken this network as its next part.
    #[must_use]
    pub fn ip(&self, prefix: IpPrefix) -> Self {
        let mut hasher = self.0.clone();
        match prefix.network() {
            IpAddr::V4(network) => {
                hasher.write(&[4, prefix.len()]);
                hasher.write(&network.octets());
            }
            IpAddr::V6(network) => {
                hasher.write(&[6, prefix.len()]);
                hasher.write(&network.octets());
            }
        }
        Self(hasher)
    }

    /// The key of the parts taken so far.
    #[must_use]
    pub fn key(&self) -> Key {
        Key(self.0.finish())
    }
}

/// The state of the hash would give the seed away.
impl fmt::Debug for KeyHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyHasher(redacted)")
    }
}

fn halves(seed: &[u8; 16]) -> [u64; 2] {
    let number = u128::from_le_bytes(*seed);
    #[expect(clippy::cast_possible_truncation, reason = "splits the number into its halves")]
    let halves = [number as u64, (number >> 64) as u64];
    halves
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::PrefixLens;

    fn seed() -> Seed {
        Seed::from(std::array::from_fn(|i| u8::try_from(i).unwrap()))
    }

    fn limit() -> KeyHasher {
        KeyHasher::new(&seed(), "ip")
    }

    #[test]
    fn is_siphash_2_4_with_the_seed_as_its_key() {
        // The reference vectors of SipHash-2-4: key 00 01 … 0f, input 00 01 … 0e.
        let [low, high] = halves(&seed().0);
        let mut hasher = SipHasher::new_with_keys(low, high);
        hasher.write(&std::array::from_fn::<u8, 15, _>(|i| u8::try_from(i).unwrap()));
        assert_eq!(hasher.finish(), 0xa129_ca61_49be_45e5);
    }

    #[test]
    fn keeps_limit_and_parts_apart() {
        let hasher = |limit| KeyHasher::new(&seed(), limit);
        let keys = [
            hasher("a").bytes(b"bc").key(),
            hasher("ab").bytes(b"c").key(),
            hasher("abc").key(),
            hasher("a").bytes(b"b").bytes(b"c").key(),
            hasher("a").bytes(b"bc").bytes(b"").key(),
            hasher("a").bytes(b"").bytes(b"bc").key(),
        ];
        assert_eq!(keys.iter().collect::<HashSet<_>>().len(), keys.len());
    }

    #[test]
    fn keeps_an_address_apart_from_its_bytes_and_its_network() {
        let lens = PrefixLens::default();
        let wide = PrefixLens { v4: 0.try_into().unwrap(), ..lens };
        let any = "0.0.0.0".parse().unwrap();
        let keys = [
            limit().ip(lens.prefix(any)).key(),
            limit().ip(wide.prefix(any)).key(),
            limit().bytes(&[0, 0, 0, 0]).key(),
            limit().ip(lens.prefix("::".parse().unwrap())).key(),
        ];
        assert_eq!(keys.iter().collect::<HashSet<_>>().len(), keys.len());
    }

    #[test]
    fn depends_on_the_seed() {
        let other = KeyHasher::new(&Seed::from([1; 16]), "ip");
        assert_ne!(limit().bytes(b"x").key(), other.bytes(b"x").key());
        assert_eq!(limit().bytes(b"x").key(), limit().bytes(b"x").key());
    }

    #[test]
    fn digits_tell_keys_of_one_limit_and_seed_apart() {
        let digits = |hasher: KeyHasher, cookie: &[u8]| hasher.bytes(cookie).key().digits();
        let other_limit = KeyHasher::new(&seed(), "other");
        let other_seed = KeyHasher::new(&Seed::from([1; 16]), "ip");
        assert_eq!(digits(limit(), b"a"), digits(limit(), b"a"));
        for other in [digits(limit(), b"b"), digits(other_limit, b"a"), digits(other_seed, b"a")] {
            assert_ne!(digits(limit(), b"a"), other);
        }
    }

    #[test]
    fn digits_are_not_the_bits_that_choose_the_bucket() {
        let bucket_bits = u64::MAX << 32;
        assert_eq!(Key::from_hash(bucket_bits | 7).digits(), Key::from_hash(7).digits());
    }

    #[test]
    fn prints_no_secret() {
        assert_eq!(format!("{:?} {:?}", seed(), limit()), "Seed(redacted) KeyHasher(redacted)");
    }
}
