//! Typed data: the values of arguments, items and variables (SPOE.txt, section 3.1).
//!
//! ```text
//! +-----------+-----------+------------------------------------------+
//! | flags     | type      | data                                     |
//! | high 4    | low 4     | none, a varint, 4 or 16 bytes, a STRING  |
//! +-----------+-----------+------------------------------------------+
//! ```

use core::fmt;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use bytes::BufMut;
use nom::Parser;
use nom::number::complete::{be_u32, be_u128, u8 as byte};

use crate::data_type::DataType;
use crate::error::{Defect, Error, Field};
use crate::payload::{Fault, Parsed, Payload};
use crate::{string, varint};

/// BOOL with its one flag set. The only flag that SPOP defines.
const BOOL_TRUE: u8 = 0x11;

/// One value, borrowed from the frame it was read from.
///
/// `Debug` shows the type and the length of a STRING or BINARY, never its bytes: they are cookies, tokens and
/// signed URLs of somebody.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum TypedData<'a> {
    /// No value: the sample is not there, a header that was not sent for instance.
    Null,
    /// A boolean; the value is a flag in the type byte.
    Bool(bool),
    /// A signed 32-bit integer. On the wire it is sign-extended to 64 bits, since HAProxy reads it so.
    Int32(i32),
    /// An unsigned 32-bit integer.
    Uint32(u32),
    /// A signed 64-bit integer in two's complement. HAProxy sends every integer sample as this.
    Int64(i64),
    /// An unsigned 64-bit integer. HAProxy stores it in a signed one.
    Uint64(u64),
    /// An IPv4 address in network byte order.
    Ipv4(Ipv4Addr),
    /// An IPv6 address in network byte order.
    Ipv6(Ipv6Addr),
    /// A string: bytes in no particular character set, as a client sent them.
    String(&'a [u8]),
    /// Binary data.
    Binary(&'a [u8]),
}

impl<'a> TypedData<'a> {
    /// Reads the value at the front of `input` and returns it with the bytes behind it.
    ///
    /// # Errors
    ///
    /// [`Error::Malformed`] if `input` ends within the value, its type is unknown, a flag is set that SPOP
    /// does not define, or a 32-bit integer holds more than 32 bits.
    pub fn parse(input: &'a [u8]) -> Result<(Self, &'a [u8]), Error> {
        let mut payload = Payload::new(input);
        let value = payload.next(Field::TypedData, typed_data)?;
        Ok((value, payload.as_bytes()))
    }

    /// Appends the value: [`encoded_len`](Self::encoded_len) bytes.
    ///
    /// The type byte of a STRING is exactly 0x08: with a flag beside it HAProxy would store a binary.
    #[inline]
    pub fn encode(&self, out: &mut impl BufMut) {
        match *self {
            Self::Bool(true) => out.put_u8(BOOL_TRUE),
            other => out.put_u8(other.data_type() as u8),
        }
        match *self {
            Self::Null | Self::Bool(_) => {}
            Self::Int32(value) => varint::encode(i64::from(value).cast_unsigned(), out),
            Self::Uint32(value) => varint::encode(value.into(), out),
            Self::Int64(value) => varint::encode(value.cast_unsigned(), out),
            Self::Uint64(value) => varint::encode(value, out),
            Self::Ipv4(address) => out.put_u32(address.to_bits()),
            Self::Ipv6(address) => out.put_u128(address.to_bits()),
            Self::String(bytes) | Self::Binary(bytes) => string::encode(bytes, out),
        }
    }

    /// How many bytes [`encode`](Self::encode) writes, type byte included.
    #[inline]
    #[must_use]
    pub const fn encoded_len(&self) -> usize {
        1 + match *self {
            Self::Null | Self::Bool(_) => 0,
            Self::Int32(value) => varint::encoded_len((value as i64).cast_unsigned()),
            Self::Uint32(value) => varint::encoded_len(value as u64),
            Self::Int64(value) => varint::encoded_len(value.cast_unsigned()),
            Self::Uint64(value) => varint::encoded_len(value),
            Self::Ipv4(_) => 4,
            Self::Ipv6(_) => 16,
            Self::String(bytes) | Self::Binary(bytes) => string::encoded_len(bytes),
        }
    }

    /// The type of the value.
    #[inline]
    #[must_use]
    pub const fn data_type(&self) -> DataType {
        match self {
            Self::Null => DataType::Null,
            Self::Bool(_) => DataType::Bool,
            Self::Int32(_) => DataType::Int32,
            Self::Uint32(_) => DataType::Uint32,
            Self::Int64(_) => DataType::Int64,
            Self::Uint64(_) => DataType::Uint64,
            Self::Ipv4(_) => DataType::Ipv4,
            Self::Ipv6(_) => DataType::Ipv6,
            Self::String(_) => DataType::String,
            Self::Binary(_) => DataType::Binary,
        }
    }

    /// Whether this is NULL.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The bytes of a STRING or a BINARY.
    #[must_use]
    pub const fn as_bytes(&self) -> Option<&'a [u8]> {
        match *self {
            Self::String(bytes) | Self::Binary(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The value of a BOOL.
    #[must_use]
    pub const fn as_bool(&self) -> Option<bool> {
        match *self {
            Self::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// The address of an IPV4 or IPV6.
    #[must_use]
    pub const fn as_ip(&self) -> Option<IpAddr> {
        match *self {
            Self::Ipv4(address) => Some(IpAddr::V4(address)),
            Self::Ipv6(address) => Some(IpAddr::V6(address)),
            _ => None,
        }
    }

    /// The value of an integer of any of the four types, unless it is a UINT64 beyond [`i64::MAX`].
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match *self {
            Self::Int32(value) => Some(value.into()),
            Self::Uint32(value) => Some(value.into()),
            Self::Int64(value) => Some(value),
            Self::Uint64(value) => value.try_into().ok(),
            _ => None,
        }
    }
}

/// Reads one value. A byte with a flag that SPOP does not define is no known type: peers would disagree on
/// it.
#[inline(always)]
pub(crate) fn typed_data(input: &[u8]) -> Parsed<'_, TypedData<'_>> {
    let (rest, type_byte) = byte(input)?;
    match type_byte {
        0x00 => Ok((rest, TypedData::Null)),
        0x01 => Ok((rest, TypedData::Bool(false))),
        BOOL_TRUE => Ok((rest, TypedData::Bool(true))),
        0x02 => int32(rest),
        0x03 => uint32(rest),
        0x04 => varint::varint.map(|value| TypedData::Int64(value.cast_signed())).parse_complete(rest),
        0x05 => varint::varint.map(TypedData::Uint64).parse_complete(rest),
        0x06 => be_u32.map(|bits| TypedData::Ipv4(Ipv4Addr::from_bits(bits))).parse_complete(rest),
        0x07 => be_u128.map(|bits| TypedData::Ipv6(Ipv6Addr::from_bits(bits))).parse_complete(rest),
        0x08 => string::string.map(TypedData::String).parse_complete(rest),
        0x09 => string::string.map(TypedData::Binary).parse_complete(rest),
        _ => Fault::at(input, Defect::UnknownDataType { type_byte }),
    }
}

fn int32(input: &[u8]) -> Parsed<'_, TypedData<'_>> {
    let (rest, value) = varint::varint(input)?;
    match i32::try_from(value.cast_signed()) {
        Ok(value) => Ok((rest, TypedData::Int32(value))),
        Err(_) => Fault::at(input, Defect::OutOfRange),
    }
}

fn uint32(input: &[u8]) -> Parsed<'_, TypedData<'_>> {
    let (rest, value) = varint::varint(input)?;
    match u32::try_from(value) {
        Ok(value) => Ok((rest, TypedData::Uint32(value))),
        Err(_) => Fault::at(input, Defect::OutOfRange),
    }
}

impl fmt::Debug for TypedData<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("NULL"),
            Self::Bool(value) => write!(f, "BOOL({value})"),
            Self::Int32(value) => write!(f, "INT32({value})"),
            Self::Uint32(value) => write!(f, "UINT32({value})"),
            Self::Int64(value) => write!(f, "INT64({value})"),
            Self::Uint64(value) => write!(f, "UINT64({value})"),
            Self::Ipv4(address) => write!(f, "IPV4({address})"),
            Self::Ipv6(address) => write!(f, "IPV6({address})"),
            Self::String(bytes) => write!(f, "STRING({} bytes)", bytes.len()),
            Self::Binary(bytes) => write!(f, "BINARY({} bytes)", bytes.len()),
        }
    }
}

macro_rules! from {
    ($($source:ty => $variant:ident),* $(,)?) => {$(
        impl From<$source> for TypedData<'_> {
            #[inline]
            fn from(value: $source) -> Self {
                Self::$variant(value)
            }
        }
    )*};
}

from! { bool => Bool, i32 => Int32, u32 => Uint32, i64 => Int64, u64 => Uint64, Ipv4Addr => Ipv4, Ipv6Addr => Ipv6 }

impl From<IpAddr> for TypedData<'_> {
    fn from(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self::Ipv4(address),
            IpAddr::V6(address) => Self::Ipv6(address),
        }
    }
}

/// A STRING; BINARY has to be asked for by name.
impl<'a> From<&'a str> for TypedData<'a> {
    #[inline]
    fn from(text: &'a str) -> Self {
        Self::String(text.as_bytes())
    }
}

#[cfg(test)]
mod tests;
