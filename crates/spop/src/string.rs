//! `<STRING>` of SPOP: a length and that many bytes. Names are written so, and the data of STRING and BINARY.
//!
//! ```text
//! +--------------+---------------------+
//! | length       | bytes               |
//! | varint, 1-10 | length              |
//! +--------------+---------------------+
//! ```

use bytes::BufMut;
use nom::bytes::complete::take;

use crate::payload::Parsed;
use crate::varint;

#[inline(always)]
pub(crate) fn string(input: &[u8]) -> Parsed<'_, &[u8]> {
    let (rest, length) = varint::varint(input)?;
    // A length that the address space cannot hold is, before anything else, longer than the frame.
    take(usize::try_from(length).unwrap_or(usize::MAX))(rest)
}

#[inline]
pub(crate) fn encode(bytes: &[u8], out: &mut impl BufMut) {
    varint::encode(bytes.len() as u64, out);
    out.put_slice(bytes);
}

#[inline]
pub(crate) const fn encoded_len(bytes: &[u8]) -> usize {
    varint::encoded_len(bytes.len() as u64) + bytes.len()
}
