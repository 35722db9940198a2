//! The variable-length integer of SPOP: HAProxy's "peers" encoding (SPOE.txt, section 3.1).
//!
//! ```text
//!         0 <= X < 240         1 byte    XXXXXXXX
//!       240 <= X < 2288        2 bytes   1111XXXX 0XXXXXXX
//!      2288 <= X < 264432      3 bytes   1111XXXX 1XXXXXXX 0XXXXXXX
//!    264432 <= X < 33818864    4 bytes   1111XXXX 1XXXXXXX 1XXXXXXX 0XXXXXXX
//!         …                              up to 10 bytes for a u64
//! ```
//!
//! The least significant bits come first. Each byte counts with its full value, marker bits included, so
//! every integer has exactly one encoding: an over-long form of a smaller value cannot be written at all.
//!
//! HAProxy's decoder neither bounds the number of bytes nor sees a sum that leaves 64 bits (`decode_varint`
//! in its `intops.h`). This one refuses both.

use bytes::BufMut;
use nom::number::complete::u8 as byte;

use crate::error::{Defect, Error, Field};
use crate::payload::{Fault, Parsed, Payload};

/// The longest encoding of a `u64`, in bytes.
pub const MAX_LEN: usize = 10;

/// From this value on the first byte says that another one follows.
const FIRST_MORE: u64 = 240;
/// From this value on a later byte says that another one follows.
const NEXT_MORE: u64 = 128;
/// Bits that the first byte contributes once it is followed by others.
const FIRST_BITS: u32 = 4;
/// Bits that each later byte contributes.
const NEXT_BITS: usize = 7;
/// The shift of the tenth byte; no later byte could add to 64 bits.
const LAST_SHIFT: u32 = 60;

/// Reads the integer at the front of `input` and returns it with the bytes behind it.
///
/// # Errors
///
/// [`Error::Malformed`] if `input` ends within the integer or the integer exceeds 64 bits.
pub fn parse(input: &[u8]) -> Result<(u64, &[u8]), Error> {
    let mut payload = Payload::new(input);
    let value = payload.next(Field::Varint, varint)?;
    Ok((value, payload.as_bytes()))
}

/// Appends `value`, in 1 to [`MAX_LEN`] bytes.
#[inline]
pub fn encode(value: u64, out: &mut impl BufMut) {
    if value < FIRST_MORE {
        out.put_u8(low_byte(value));
        return;
    }
    out.put_u8(low_byte(value | FIRST_MORE));
    let mut rest = (value - FIRST_MORE) >> FIRST_BITS;
    while rest >= NEXT_MORE {
        out.put_u8(low_byte(rest | NEXT_MORE));
        rest = (rest - NEXT_MORE) >> NEXT_BITS;
    }
    out.put_u8(low_byte(rest));
}

/// How many bytes [`encode`] writes for `value`.
#[inline]
#[must_use]
pub const fn encoded_len(value: u64) -> usize {
    if value < FIRST_MORE {
        return 1;
    }
    let mut rest = (value - FIRST_MORE) >> FIRST_BITS;
    let mut len = 2;
    while rest >= NEXT_MORE {
        rest = (rest - NEXT_MORE) >> NEXT_BITS;
        len += 1;
    }
    len
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "the encoding takes the low byte; the rest is shifted down next"
)]
#[inline]
const fn low_byte(value: u64) -> u8 {
    value as u8
}

#[inline(always)]
pub(crate) fn varint(input: &[u8]) -> Parsed<'_, u64> {
    let (rest, first) = byte(input)?;
    let first = u64::from(first);
    if first < FIRST_MORE { Ok((rest, first)) } else { continued(input, rest, first) }
}

/// The integer from its second byte on; `start` is where it began, for the error.
fn continued<'a>(start: &'a [u8], mut rest: &'a [u8], mut value: u64) -> Parsed<'a, u64> {
    for shift in (FIRST_BITS..=LAST_SHIFT).step_by(NEXT_BITS) {
        let (after, next) = byte(rest)?;
        rest = after;
        let next = u64::from(next);
        let part = next << shift;
        let sum = if part >> shift == next { value.checked_add(part) } else { None };
        let Some(sum) = sum else { break };
        value = sum;
        if next < NEXT_MORE {
            return Ok((rest, value));
        }
    }
    Fault::at(start, Defect::VarintOverflow)
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use bytes::BytesMut;
    use proptest::prelude::*;

    use super::*;

    fn encoded(value: u64) -> BytesMut {
        let mut out = BytesMut::new();
        encode(value, &mut out);
        out
    }

    /// The first value of each length, from `__varint_bytes` in HAProxy's `intops.h`.
    const FIRST_OF_LENGTH: [(u64, usize); 10] = [
        (0, 1),
        (0xf0, 2),
        (0x8f0, 3),
        (0x0004_08f0, 4),
        (0x0204_08f0, 5),
        (0x0001_0204_08f0, 6),
        (0x0081_0204_08f0, 7),
        (0x4081_0204_08f0, 8),
        (0x0020_4081_0204_08f0, 9),
        (0x1020_4081_0204_08f0, 10),
    ];

    #[test]
    fn lengths_change_where_haproxy_changes_them() {
        for (first, len) in FIRST_OF_LENGTH {
            assert_eq!(encoded(first).len(), len, "first value of {len} bytes");
            assert_eq!(encoded_len(first), len);
            if let Some(before) = first.checked_sub(1) {
                assert_eq!(encoded(before).len(), len - 1, "last value of {} bytes", len - 1);
            }
        }
        assert_eq!(encoded(u64::MAX).len(), MAX_LEN);
    }

    #[test]
    fn encodes_the_frame_size_as_captured() {
        assert_eq!(encoded(16380)[..], [0xfc, 0xf0, 0x06]);
        assert_eq!(parse(&[0xfc, 0xf0, 0x06, 0x2a]), Ok((16380, &[0x2a][..])));
    }

    #[test]
    fn refuses_an_integer_beyond_64_bits() {
        let overflow =
            Err(Error::Malformed { field: Field::Varint, offset: 0, defect: Defect::VarintOverflow });
        let mut one_more = encoded(u64::MAX);
        assert_eq!(one_more[9], 14, "the last byte of u64::MAX");
        one_more[9] = 15;
        assert_eq!(parse(&one_more), overflow);
        one_more[9] = 16;
        assert_eq!(parse(&one_more), overflow);
    }

    #[test]
    fn refuses_an_integer_without_end() {
        assert_eq!(
            parse(&[0xff; 4096]),
            Err(Error::Malformed { field: Field::Varint, offset: 0, defect: Defect::VarintOverflow })
        );
    }

    #[test]
    fn names_the_offset_where_the_bytes_end() {
        for len in 0..MAX_LEN {
            let whole = encoded(u64::MAX);
            assert_eq!(
                parse(&whole[..len]),
                Err(Error::Malformed { field: Field::Varint, offset: len, defect: Defect::Truncated })
            );
        }
    }

    proptest! {
        #[test]
        fn every_integer_comes_back(value: u64, shift in 0_u32..64, tail in any::<Vec<u8>>()) {
            let value = value >> shift;
            let mut out = encoded(value);
            prop_assert_eq!(out.len(), encoded_len(value));
            out.extend_from_slice(&tail);
            prop_assert_eq!(parse(&out), Ok((value, &tail[..])));
        }

        #[test]
        fn an_integer_has_one_encoding(bytes in proptest::collection::vec(any::<u8>(), 1..16)) {
            if let Ok((value, rest)) = parse(&bytes) {
                prop_assert_eq!(&encoded(value)[..], &bytes[..bytes.len() - rest.len()]);
            }
        }
    }
}
