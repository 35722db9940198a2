/// A quota's horizon in 16 bits, kept beside each fingerprint so that debt can follow its key to another quota.
///
/// Beside a held key's fingerprint it is the hold that is kept in this form: it is within the same range.
///
/// A floating-point form, rounded down: the horizon is `2^exponent × (1 + mantissa / 1024)` nanoseconds.
///
/// ```text
///  15         10 9                   0
/// +-------------+---------------------+
/// |  exponent   |      mantissa       |
/// +-------------+---------------------+
/// ```
///
/// A horizon is at least 1,000 ns ([`Rate::MAX_PER_SECOND`](crate::Rate::MAX_PER_SECOND)) and below 2^55 ns
/// ([`Quota::MAX_HORIZON`](crate::Quota::MAX_HORIZON)): the exponent is 9 to 54.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct HorizonBits(u16);

const MANTISSA_BITS: u32 = 10;
const MANTISSA_MASK: u64 = (1 << MANTISSA_BITS) - 1;

impl HorizonBits {
    pub(crate) const fn of(nanos: u64) -> Self {
        let nanos = if nanos == 0 { 1 } else { nanos };
        let exponent = nanos.ilog2();
        let mantissa =
            (nanos << (u64::BITS - 1 - exponent)) >> (u64::BITS - 1 - MANTISSA_BITS) & MANTISSA_MASK;
        Self::from_low_bits((exponent as u64) << MANTISSA_BITS | mantissa)
    }

    /// The low 16 bits of a tag.
    #[expect(clippy::cast_possible_truncation, reason = "keeps the low 16 bits")]
    pub(crate) const fn from_low_bits(bits: u64) -> Self {
        Self(bits as u16)
    }

    pub(crate) const fn bits(self) -> u64 {
        self.0 as u64
    }

    /// The shortest horizon with these bits, in nanoseconds.
    pub(crate) const fn floor(self) -> u64 {
        let significand = self.bits() & MANTISSA_MASK | 1 << MANTISSA_BITS;
        let exponent = self.0 as u32 >> MANTISSA_BITS;
        if exponent >= MANTISSA_BITS {
            significand << (exponent - MANTISSA_BITS)
        } else {
            significand >> (MANTISSA_BITS - exponent)
        }
    }

    /// At least every horizon with these bits, in nanoseconds.
    pub(crate) const fn ceiling(self) -> u64 {
        let floor = self.floor();
        floor.saturating_add(floor >> MANTISSA_BITS)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Quota;

    fn longest() -> u64 {
        Quota::MAX_HORIZON.as_nanos().try_into().unwrap()
    }

    #[test]
    fn keeps_the_ends_of_the_range() {
        assert_eq!(HorizonBits::of(1_000).floor(), 1_000);
        assert_eq!(HorizonBits::of(longest()).bits() >> MANTISSA_BITS, 54);
    }

    proptest! {
        #[test]
        fn is_exact_to_one_part_in_1024(nanos in 1_000..=longest()) {
            let bits = HorizonBits::of(nanos);
            prop_assert!(bits.floor() <= nanos);
            prop_assert!(nanos - bits.floor() <= nanos / 1024);
            prop_assert!(nanos <= bits.ceiling());
            prop_assert_eq!(HorizonBits::of(bits.floor()), bits);
        }
    }
}
