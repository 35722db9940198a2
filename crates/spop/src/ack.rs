//! ACK: actions of the agent on variables (SPOE.txt, sections 3.2.7 and 3.4).
//!
//! ```text
//! +--------+----------+------------+-----------+-------------+---
//! | 1      | 3        | VAR-SCOPE  | VAR-NAME  | VAR-VALUE   | …   SET-VAR
//! | 1      | 1        | 1          | STRING    | TYPED-DATA  |
//! +--------+----------+------------+-----------+-------------+---
//! | 2      | 2        | VAR-SCOPE  | VAR-NAME  | …                 UNSET-VAR
//! +--------+----------+------------+-----------+---
//! ```

use core::fmt;
use core::iter::FusedIterator;

use bytes::{BufMut, BytesMut};
use nom::number::complete::u8 as byte;

use crate::error::{Defect, Error, Field};
use crate::frame_encoder::FrameEncoder;
use crate::header::{Flags, FrameType, Header};
use crate::max_frame_size::MaxFrameSize;
use crate::payload::{Fault, Parsed, Payload};
use crate::string::string;
use crate::typed_data::{TypedData, typed_data};

/// The variables that an action is about live this long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Scope {
    /// The process. The variable must exist, unlike in the other scopes.
    Proc = 0,
    /// The session, a client connection.
    Sess = 1,
    /// The transaction, request and response.
    Txn = 2,
    /// The request; gone when the response is processed.
    Req = 3,
    /// The response; what is set during the request is lost.
    Res = 4,
}

impl Scope {
    /// The name that HAProxy's configuration uses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Proc => "proc",
            Self::Sess => "sess",
            Self::Txn => "txn",
            Self::Req => "req",
            Self::Res => "res",
        }
    }

    fn parse(input: &[u8]) -> Parsed<'_, Self> {
        let (rest, code) = byte(input)?;
        let scope = match code {
            0 => Self::Proc,
            1 => Self::Sess,
            2 => Self::Txn,
            3 => Self::Req,
            4 => Self::Res,
            code => return Fault::at(input, Defect::UnknownScope { code }),
        };
        Ok((rest, scope))
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An action. HAProxy puts its `var-prefix` before the name; the full name has at most 63 characters, a
/// longer one is ignored without a word.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Action<'a> {
    /// SET-VAR. The value NULL unsets.
    SetVar {
        /// Where the variable lives.
        scope: Scope,
        /// Its name without prefix.
        name: &'a [u8],
        /// Its value; HAProxy turns every integer into a signed one of 64 bits.
        value: TypedData<'a>,
    },
    /// UNSET-VAR.
    UnsetVar {
        /// Where the variable lives.
        scope: Scope,
        /// Its name without prefix.
        name: &'a [u8],
    },
}

impl<'a> Action<'a> {
    pub(crate) const SET_VAR: u8 = 1;
    pub(crate) const SET_VAR_ARGS: u8 = 3;
    pub(crate) const UNSET_VAR: u8 = 2;
    pub(crate) const UNSET_VAR_ARGS: u8 = 2;

    fn parse(payload: &mut Payload<'a>) -> Result<Self, Error> {
        let start = *payload;
        match payload.next(Field::ActionType, byte)? {
            Self::SET_VAR => {
                let (scope, name) = Self::parse_variable(payload, Self::SET_VAR_ARGS)?;
                let value = payload.next(Field::VariableValue, typed_data)?;
                Ok(Self::SetVar { scope, name, value })
            }
            Self::UNSET_VAR => {
                let (scope, name) = Self::parse_variable(payload, Self::UNSET_VAR_ARGS)?;
                Ok(Self::UnsetVar { scope, name })
            }
            code => Err(start.malformed(Field::ActionType, Defect::UnknownAction { code })),
        }
    }

    /// What both actions begin with: the number of arguments, the scope and the name.
    fn parse_variable(payload: &mut Payload<'a>, expected: u8) -> Result<(Scope, &'a [u8]), Error> {
        let start = *payload;
        let found = payload.next(Field::ArgumentCount, byte)?;
        if found != expected {
            return Err(start.malformed(Field::ArgumentCount, Defect::WrongArgumentCount { found, expected }));
        }
        let scope = payload.next(Field::VariableScope, Scope::parse)?;
        let name = payload.next(Field::VariableName, string)?;
        Ok((scope, name))
    }
}

impl fmt::Debug for Action<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SetVar { scope, name, value } => {
                write!(f, "set-var({scope}.{}) = {value:?}", name.escape_ascii())
            }
            Self::UnsetVar { scope, name } => write!(f, "unset-var({scope}.{})", name.escape_ascii()),
        }
    }
}

/// An ACK frame. [`AckEncoder`](crate::AckEncoder) writes one.
#[derive(Debug, Clone, Copy)]
pub struct Ack<'a> {
    /// The stream of the NOTIFY.
    pub stream_id: u64,
    /// The frame-id of the NOTIFY.
    pub frame_id: u64,
    /// FIN, and whatever else was set.
    pub flags: Flags,
    pub(crate) payload: Payload<'a>,
}

impl<'a> Ack<'a> {
    /// The actions in their order; there may be none.
    #[must_use]
    pub const fn actions(&self) -> Actions<'a> {
        Actions(self.payload)
    }

    /// Appends the frame to `out`, the actions as they are. Ids and flags may have been changed.
    ///
    /// # Errors
    ///
    /// [`Error::NoRoom`] if the frame exceeds `max`; `out` is as it was then.
    pub fn encode(&self, out: &mut BytesMut, max: MaxFrameSize) -> Result<(), Error> {
        let Self { stream_id, frame_id, flags, payload } = *self;
        let header = Header { frame_type: FrameType::Ack, flags, stream_id, frame_id };
        let bytes = payload.as_bytes();
        FrameEncoder::whole(out, &header, max, |frame| frame.put(bytes.len(), |out| out.put_slice(bytes)))
    }
}

/// The actions of an ACK, read as they are asked for.
///
/// Ends after the first error, where HAProxy drops the rest without a word and keeps what came before.
#[derive(Debug, Clone)]
pub struct Actions<'a>(Payload<'a>);

impl<'a> Iterator for Actions<'a> {
    type Item = Result<Action<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let action = Action::parse(&mut self.0);
        if action.is_err() {
            self.0.abandon();
        }
        Some(action)
    }
}

impl FusedIterator for Actions<'_> {}
