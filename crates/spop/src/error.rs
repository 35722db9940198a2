//! What can be wrong with a frame, where, and which status code says so to the peer.

use core::fmt;

use crate::data_type::DataType;
use crate::key::Key;
use crate::max_frame_size::MaxFrameSize;
use crate::status::Status;

/// Why a frame could not be read or written.
///
/// Offsets count from the byte of the frame type, the first one behind the length. None of the errors carries
/// a byte of the payload, so each may be logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The length prefix exceeds the negotiated maximum; nothing of the frame was read.
    #[error("frame of {length} bytes is longer than the maximum of {max} bytes")]
    FrameTooBig {
        /// What the length prefix says, in bytes.
        length: u32,
        /// What was agreed on.
        max: MaxFrameSize,
    },
    /// The length prefix leaves no room for type, flags and the two ids.
    #[error("frame of {length} bytes is shorter than a frame header")]
    FrameTooShort {
        /// What the length prefix says, in bytes.
        length: u32,
    },
    /// A frame type that SPOP 2.0 does not know. The peer may mean a frame to be skipped (section 3.2.2).
    #[error("unknown frame type {code}")]
    UnknownFrameType {
        /// The first byte of the frame.
        code: u8,
    },
    /// A frame without FIN, or one that continues another: fragmentation was never agreed on.
    #[error("fragmented payload")]
    Fragmented,
    /// A field of a frame does not hold what it must.
    #[error("{field} at offset {offset}: {defect}")]
    Malformed {
        /// The field.
        field: Field,
        /// Where in the frame the defect is, in bytes.
        offset: usize,
        /// What is wrong.
        defect: Defect,
    },
    /// A mandatory item of a hello or disconnect is not there.
    #[error("item {key} not found")]
    Missing {
        /// The item.
        key: Key,
    },
    /// The peer offers no version that this crate speaks.
    #[error("no supported version among those offered")]
    UnsupportedVersion,
    /// A max-frame-size outside of what SPOP or this crate allows.
    #[error("max-frame-size {announced} is not within {} to {}", MaxFrameSize::MIN, MaxFrameSize::MAX)]
    BadMaxFrameSize {
        /// What the peer announced, in bytes.
        announced: u64,
    },
    /// What was to be written does not fit into a frame of the negotiated size; nothing of it was written.
    #[error("{needed} bytes do not fit into the {room} bytes left in the frame")]
    NoRoom {
        /// Bytes that it takes, as far as they were counted.
        needed: usize,
        /// Bytes that were left.
        room: usize,
    },
    /// A message with more than 255 arguments; their number is one byte.
    #[error("more than 255 arguments in a message")]
    TooManyArguments,
    /// A value refused to be formatted; nothing of its action was written.
    #[error("value of a variable could not be formatted")]
    Format,
}

impl Error {
    /// The status code to disconnect with.
    #[must_use]
    pub const fn status(&self) -> Status {
        match self {
            Self::FrameTooBig { .. } | Self::NoRoom { .. } => Status::TooBig,
            Self::Fragmented => Status::FragmentationNotSupported,
            Self::Missing { key } => key.missing_status(),
            Self::UnsupportedVersion => Status::UnsupportedVersion,
            Self::BadMaxFrameSize { .. } => Status::BadMaxFrameSize,
            Self::FrameTooShort { .. }
            | Self::UnknownFrameType { .. }
            | Self::Malformed { .. }
            | Self::TooManyArguments => Status::Invalid,
            Self::Format => Status::Unknown,
        }
    }
}

/// A field of a frame, by the name that SPOE.txt gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs, reason = "each is named as in the grammar of SPOE.txt, section 3.2")]
pub enum Field {
    FrameType,
    Flags,
    StreamId,
    FrameId,
    MessageName,
    ArgumentCount,
    ArgumentName,
    ArgumentValue,
    ActionType,
    VariableScope,
    VariableName,
    VariableValue,
    ItemName,
    ItemValue,
    Item(Key),
    HeaderName,
    HeaderValue,
    Varint,
    TypedData,
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::FrameType => "frame type",
            Self::Flags => "flags",
            Self::StreamId => "stream-id",
            Self::FrameId => "frame-id",
            Self::MessageName => "message name",
            Self::ArgumentCount => "number of arguments",
            Self::ArgumentName => "argument name",
            Self::ArgumentValue => "argument value",
            Self::ActionType => "action type",
            Self::VariableScope => "variable scope",
            Self::VariableName => "variable name",
            Self::VariableValue => "variable value",
            Self::ItemName => "item name",
            Self::ItemValue => "item value",
            Self::Item(key) => return write!(f, "item {key}"),
            Self::HeaderName => "header name",
            Self::HeaderValue => "header value",
            Self::Varint => "variable-length integer",
            Self::TypedData => "typed data",
        })
    }
}

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Defect {
    /// It reaches beyond the end of the frame, be it by its own length or because a count promises more.
    #[error("reaches beyond the end of the frame")]
    Truncated,
    /// A variable-length integer of more than 64 bits.
    #[error("variable-length integer exceeds 64 bits")]
    VarintOverflow,
    /// An integer of a 32-bit type, or a status code, with more bits.
    #[error("integer exceeds 32 bits")]
    OutOfRange,
    /// A type byte that is none of section 3.1, or has a flag that SPOP does not define.
    #[error("unknown type byte {type_byte:#04x}")]
    UnknownDataType {
        /// The byte: flags in the high half, type in the low one.
        type_byte: u8,
    },
    /// A value of a type that the item does not take.
    #[error("unexpected type {found}")]
    UnexpectedType {
        /// Its type.
        found: DataType,
    },
    /// An item whose name has no bytes.
    #[error("empty name")]
    EmptyName,
    /// A second item of a name that may occur once.
    #[error("given twice")]
    Duplicate,
    /// A stream-id or frame-id of a hello or disconnect that is not 0.
    #[error("not zero")]
    NotZero,
    /// A version that does not read "Major.Minor".
    #[error("not a version")]
    NotAVersion,
    /// An action that is neither SET-VAR nor UNSET-VAR.
    #[error("unknown action {code}")]
    UnknownAction {
        /// Its type.
        code: u8,
    },
    /// A SET-VAR without 3 arguments or an UNSET-VAR without 2.
    #[error("{found} arguments instead of {expected}")]
    WrongArgumentCount {
        /// What the frame says.
        found: u8,
        /// What the action takes.
        expected: u8,
    },
    /// A scope that is none of proc, sess, txn, req, res.
    #[error("unknown scope {code}")]
    UnknownScope {
        /// Its number.
        code: u8,
    },
    /// Bytes behind the end of a header list.
    #[error("bytes behind the end of the list")]
    TrailingBytes,
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[test]
    fn an_error_reads_as_one_line_that_names_field_and_offset() {
        let error = Error::Malformed {
            field: Field::ArgumentValue,
            offset: 37,
            defect: Defect::UnknownDataType { type_byte: 0x0c },
        };
        assert_eq!(error.to_string(), "argument value at offset 37: unknown type byte 0x0c");
        let missing = Error::Missing { key: Key::MaxFrameSize };
        assert_eq!(missing.to_string(), "item max-frame-size not found");
        let size = Error::BadMaxFrameSize { announced: 255 };
        assert_eq!(size.to_string(), "max-frame-size 255 is not within 256 to 1048576");
    }

    #[test]
    fn each_missing_item_of_a_hello_has_its_own_status() {
        let status = |key| Error::Missing { key }.status().code();
        assert_eq!([Key::SupportedVersions, Key::Version].map(status), [5, 5]);
        assert_eq!([Key::MaxFrameSize, Key::Capabilities].map(status), [6, 7]);
        assert_eq!([Key::StatusCode, Key::Message].map(status), [4, 4]);
    }
}
