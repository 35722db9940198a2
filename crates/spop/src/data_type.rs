//! The types of values, by the numbers and names of SPOE.txt, section 3.1.

use core::fmt;

/// The type of a value, the low four bits of its first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
#[allow(missing_docs, reason = "the names are SPOE.txt's own; TypedData describes each")]
pub enum DataType {
    Null = 0,
    Bool = 1,
    Int32 = 2,
    Uint32 = 3,
    Int64 = 4,
    Uint64 = 5,
    Ipv4 = 6,
    Ipv6 = 7,
    String = 8,
    Binary = 9,
}

/// Upper case, as in SPOE.txt.
impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "NULL",
            Self::Bool => "BOOL",
            Self::Int32 => "INT32",
            Self::Uint32 => "UINT32",
            Self::Int64 => "INT64",
            Self::Uint64 => "UINT64",
            Self::Ipv4 => "IPV4",
            Self::Ipv6 => "IPV6",
            Self::String => "STRING",
            Self::Binary => "BINARY",
        })
    }
}
