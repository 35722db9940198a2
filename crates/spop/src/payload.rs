//! A cursor over the inside of one frame that can name the offset at which it stands.

use core::fmt;

use nom::error::{ErrorKind, ParseError};

use crate::error::{Defect, Error, Field};

/// What a nom parser of this crate returns.
pub(crate) type Parsed<'a, T> = nom::IResult<&'a [u8], T, Fault>;

/// Why a parser stopped. Every input reaches to the end of the frame, so the bytes that were left tell the
/// offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fault {
    remaining: usize,
    defect: Defect,
}

impl Fault {
    /// The failure of a parser because of what begins at `input`.
    #[cold]
    pub(crate) fn at<T>(input: &[u8], defect: Defect) -> Parsed<'_, T> {
        Err(nom::Err::Error(Self { remaining: input.len(), defect }))
    }
}

impl ParseError<&[u8]> for Fault {
    /// nom's own parsers that are used here fail for one reason: the frame ends.
    #[inline]
    fn from_error_kind(input: &[u8], _: ErrorKind) -> Self {
        Self { remaining: input.len(), defect: Defect::Truncated }
    }

    fn append(_: &[u8], _: ErrorKind, other: Self) -> Self {
        other
    }
}

/// The part of a frame that is still to be read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Payload<'a> {
    rest: &'a [u8],
    frame_len: usize,
}

impl<'a> Payload<'a> {
    /// A cursor at the first byte of `frame`, which is offset 0.
    pub(crate) const fn new(frame: &'a [u8]) -> Self {
        Self { rest: frame, frame_len: frame.len() }
    }

    pub(crate) const fn as_bytes(&self) -> &'a [u8] {
        self.rest
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Bytes between the start of the frame and the next one to be read.
    pub(crate) const fn offset(&self) -> usize {
        self.frame_len - self.rest.len()
    }

    /// Moves to the end: after an error nothing behind it can be trusted to begin where it seems to.
    pub(crate) fn abandon(&mut self) {
        self.rest = &[];
    }

    /// Reads one field with `parser` and moves behind it; on an error the cursor stays.
    ///
    /// This and the parsers below it are always inlined. Otherwise each value passes through memory at each
    /// level, field by field, and decoding a NOTIFY takes almost twice as long (`benches/codec.rs`).
    #[inline(always)]
    pub(crate) fn next<T>(
        &mut self,
        field: Field,
        parser: impl FnOnce(&'a [u8]) -> Parsed<'a, T>,
    ) -> Result<T, Error> {
        match parser(self.rest) {
            Ok((rest, value)) => {
                self.rest = rest;
                Ok(value)
            }
            Err(fault) => Err(self.locate(field, fault)),
        }
    }

    /// The error for a `field` that begins where the cursor stands.
    #[cold]
    pub(crate) fn malformed(&self, field: Field, defect: Defect) -> Error {
        Error::Malformed { field, offset: self.offset(), defect }
    }

    #[cold]
    fn locate(&self, field: Field, fault: nom::Err<Fault>) -> Error {
        match fault {
            nom::Err::Error(fault) | nom::Err::Failure(fault) => Error::Malformed {
                field,
                offset: self.frame_len.saturating_sub(fault.remaining),
                defect: fault.defect,
            },
            nom::Err::Incomplete(_) => self.malformed(field, Defect::Truncated),
        }
    }
}

/// Says how much is left, not what: a payload carries cookies and signed URLs.
impl fmt::Debug for Payload<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes from offset {}", self.rest.len(), self.offset())
    }
}
