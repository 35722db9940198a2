//! The header that every frame begins with (SPOE.txt, section 3.2).
//!
//! ```text
//! +---------+------------------+-------------+-------------+---------------
//! | type    | flags            | stream-id   | frame-id    | payload …
//! | 1       | 4, big endian    | varint 1-10 | varint 1-10 |
//! +---------+------------------+-------------+-------------+---------------
//! ```

use bytes::BufMut;
use nom::number::complete::{be_u32, u8 as byte};

use crate::error::{Defect, Error, Field};
use crate::payload::Payload;
use crate::varint::{self, varint};

/// The type of a frame (SPOE.txt, section 3.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum FrameType {
    /// HAPROXY-HELLO, the first frame of a connection.
    HaproxyHello = 1,
    /// HAPROXY-DISCONNECT, HAProxy closes the connection.
    HaproxyDisconnect = 2,
    /// NOTIFY, messages for the agent.
    Notify = 3,
    /// AGENT-HELLO, the answer to HAPROXY-HELLO.
    AgentHello = 101,
    /// AGENT-DISCONNECT, the agent closes the connection.
    AgentDisconnect = 102,
    /// ACK, the answer to a NOTIFY.
    Ack = 103,
}

impl FrameType {
    /// Until HAProxy 3.0 type 0, UNSET, carried all fragments of a payload but the first.
    const UNSET: u8 = 0;

    fn from_code(code: u8) -> Result<Self, Error> {
        Ok(match code {
            1 => Self::HaproxyHello,
            2 => Self::HaproxyDisconnect,
            3 => Self::Notify,
            101 => Self::AgentHello,
            102 => Self::AgentDisconnect,
            103 => Self::Ack,
            Self::UNSET => return Err(Error::Fragmented),
            code => return Err(Error::UnknownFrameType { code }),
        })
    }

    /// Hellos and disconnects belong to the connection: both of their ids are 0. The others belong to a
    /// stream, which may be number 0 (HAProxy 2.6 and 3.0 begin there).
    const fn belongs_to_stream(self) -> bool {
        matches!(self, Self::Notify | Self::Ack)
    }
}

/// The flags of a frame, a field of 32 bits.
///
/// Bits that SPOP reserves are kept as they are and mean nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Flags(u32);

impl Flags {
    /// The final fragment of a payload. Always set, as nobody fragments any more.
    pub const FIN: Self = Self(1);
    /// The processing of the frame must be cancelled. HAProxy ignores it in an ACK.
    pub const ABORT: Self = Self(2);

    /// Flags from the bits of the field.
    #[must_use]
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// The bits of the field.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Whether all flags of `other` are set.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// FIN alone.
impl Default for Flags {
    fn default() -> Self {
        Self::FIN
    }
}

/// Type, flags and ids of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) frame_type: FrameType,
    pub(crate) flags: Flags,
    pub(crate) stream_id: u64,
    pub(crate) frame_id: u64,
}

impl Header {
    pub(crate) const MIN_LEN: usize = 1 + 4 + 1 + 1;
    pub(crate) const MAX_LEN: usize = 1 + 4 + varint::MAX_LEN + varint::MAX_LEN;

    /// The header of a hello or disconnect.
    pub(crate) const fn of_connection(frame_type: FrameType) -> Self {
        Self { frame_type, flags: Flags::FIN, stream_id: 0, frame_id: 0 }
    }

    #[inline]
    pub(crate) fn parse(payload: &mut Payload<'_>) -> Result<Self, Error> {
        let frame_type = FrameType::from_code(payload.next(Field::FrameType, byte)?)?;
        let flags = Flags(payload.next(Field::Flags, be_u32)?);
        if !flags.contains(Flags::FIN) {
            return Err(Error::Fragmented);
        }
        let stream_id = Self::parse_id(payload, Field::StreamId, frame_type)?;
        let frame_id = Self::parse_id(payload, Field::FrameId, frame_type)?;
        Ok(Self { frame_type, flags, stream_id, frame_id })
    }

    #[inline]
    fn parse_id(payload: &mut Payload<'_>, field: Field, frame_type: FrameType) -> Result<u64, Error> {
        let start = *payload;
        let id = payload.next(field, varint)?;
        if id != 0 && !frame_type.belongs_to_stream() {
            return Err(start.malformed(field, Defect::NotZero));
        }
        Ok(id)
    }

    #[inline]
    pub(crate) fn encode(&self, out: &mut impl BufMut) {
        out.put_u8(self.frame_type as u8);
        out.put_u32(self.flags.bits());
        varint::encode(self.stream_id, out);
        varint::encode(self.frame_id, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(frame: &[u8]) -> Result<Header, Error> {
        Header::parse(&mut Payload::new(frame))
    }

    #[test]
    fn stream_id_0_is_a_stream_like_any_other() {
        let header = parse(b"\x03\0\0\0\x01\x00\x01").unwrap();
        assert_eq!((header.stream_id, header.frame_id), (0, 1));
    }

    #[test]
    fn refuses_a_frame_without_fin() {
        for flags in [0, 2, 0x80] {
            assert_eq!(parse(&[3, 0, 0, 0, flags, 1, 1]), Err(Error::Fragmented));
        }
    }

    #[test]
    fn refuses_the_continuation_of_a_fragmented_payload() {
        assert_eq!(parse(b"\x00\0\0\0\x01\x01\x01"), Err(Error::Fragmented));
    }

    #[test]
    fn reserved_flags_are_kept() {
        let header = parse(b"\x03\x80\0\0\x07\x01\x01").unwrap();
        assert_eq!(header.flags, Flags::from_bits(0x8000_0007));
        assert!(header.flags.contains(Flags::ABORT));
    }

    #[test]
    fn refuses_an_unknown_type() {
        for code in [4, 100, 104, 255] {
            assert_eq!(parse(&[code, 0, 0, 0, 1, 0, 0]), Err(Error::UnknownFrameType { code }));
        }
    }

    #[test]
    fn refuses_ids_in_frames_of_the_connection() {
        for frame_type in [1, 2, 101, 102] {
            for (ids, field, offset) in [([7, 0], Field::StreamId, 5), ([0, 7], Field::FrameId, 6)] {
                let refused = parse(&[frame_type, 0, 0, 0, 1, ids[0], ids[1]]);
                assert_eq!(refused, Err(Error::Malformed { field, offset, defect: Defect::NotZero }));
            }
        }
    }
}
