//! NOTIFY: messages with arguments for the agent (SPOE.txt, sections 3.2 and 3.2.6).
//!
//! ```text
//! +---------------+----------+-----------+-------------+---
//! | MESSAGE-NAME  | NB-ARGS  | KV-NAME   | KV-VALUE    | …   the next message, to the end of the frame
//! | STRING        | 1        | STRING    | TYPED-DATA  |
//! +---------------+----------+-----------+-------------+---
//!                            |<----- NB-ARGS times ---->|
//! ```

use core::fmt;
use core::iter::FusedIterator;

use bytes::{BufMut, BytesMut};
use nom::number::complete::u8 as byte;

use crate::error::{Error, Field};
use crate::frame_encoder::FrameEncoder;
use crate::header::{Flags, FrameType, Header};
use crate::max_frame_size::MaxFrameSize;
use crate::payload::Payload;
use crate::string::string;
use crate::typed_data::{TypedData, typed_data};

/// A NOTIFY frame. Its ids are known even where its messages turn out to be broken, so it can always be
/// answered.
#[derive(Debug, Clone, Copy)]
pub struct Notify<'a> {
    /// The stream; may be 0, and says nothing about other connections.
    pub stream_id: u64,
    /// The frame within the stream.
    pub frame_id: u64,
    /// FIN, and whatever else was set.
    pub flags: Flags,
    pub(crate) payload: Payload<'a>,
}

impl<'a> Notify<'a> {
    /// The messages, in the order of the configuration; there may be none.
    #[must_use]
    pub const fn messages(&self) -> Messages<'a> {
        Messages { payload: self.payload, skip: 0 }
    }

    /// Appends the frame to `out`, the messages as they are. Ids and flags may have been changed.
    ///
    /// # Errors
    ///
    /// [`Error::NoRoom`] if the frame exceeds `max`; `out` is as it was then.
    pub fn encode(&self, out: &mut BytesMut, max: MaxFrameSize) -> Result<(), Error> {
        let Self { stream_id, frame_id, flags, payload } = *self;
        let header = Header { frame_type: FrameType::Notify, flags, stream_id, frame_id };
        let bytes = payload.as_bytes();
        FrameEncoder::whole(out, &header, max, |frame| frame.put(bytes.len(), |out| out.put_slice(bytes)))
    }
}

/// The messages of a NOTIFY, read as they are asked for. Ends after the first error.
#[derive(Debug, Clone)]
pub struct Messages<'a> {
    payload: Payload<'a>,
    /// Arguments of the message returned last, which are still in front of the next one.
    skip: u8,
}

impl<'a> Messages<'a> {
    fn read(&mut self) -> Result<Option<Message<'a>>, Error> {
        for _ in 0..core::mem::take(&mut self.skip) {
            Arg::parse(&mut self.payload)?;
        }
        if self.payload.is_empty() {
            return Ok(None);
        }
        let name = self.payload.next(Field::MessageName, string)?;
        self.skip = self.payload.next(Field::ArgumentCount, byte)?;
        Ok(Some(Message { name, args: Args { payload: self.payload, left: self.skip } }))
    }
}

impl<'a> Iterator for Messages<'a> {
    type Item = Result<Message<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let message = self.read();
        if message.is_err() {
            self.payload.abandon();
            self.skip = 0;
        }
        message.transpose()
    }
}

impl FusedIterator for Messages<'_> {}

/// One message, as a `spoe-message` section describes it.
#[derive(Clone)]
pub struct Message<'a> {
    /// The name of the section.
    pub name: &'a [u8],
    args: Args<'a>,
}

impl<'a> Message<'a> {
    /// The arguments, in the order of the configuration.
    #[must_use]
    pub fn args(&self) -> Args<'a> {
        self.args.clone()
    }
}

impl fmt::Debug for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Message \"{}\" with {} arguments", self.name.escape_ascii(), self.args.left)
    }
}

/// The arguments of a message, read as they are asked for. Ends after the first error.
#[derive(Debug, Clone)]
pub struct Args<'a> {
    payload: Payload<'a>,
    left: u8,
}

impl Args<'_> {
    /// How many arguments the message says that there are still to come.
    #[must_use]
    pub const fn announced(&self) -> u8 {
        self.left
    }
}

impl<'a> Iterator for Args<'a> {
    type Item = Result<Arg<'a>, Error>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let arg = Arg::parse(&mut self.payload);
        if arg.is_err() {
            self.left = 0;
        }
        Some(arg)
    }

    /// An announced argument may be missing, so the lower bound is 1 at most: an error is an item, too.
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left.min(1).into(), Some(self.left.into()))
    }
}

impl FusedIterator for Args<'_> {}

/// One argument.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Arg<'a> {
    /// The name, empty for an argument that the configuration gives none.
    pub name: &'a [u8],
    /// The value, NULL where HAProxy had none.
    pub value: TypedData<'a>,
}

impl<'a> Arg<'a> {
    #[inline(always)]
    fn parse(payload: &mut Payload<'a>) -> Result<Self, Error> {
        let name = payload.next(Field::ArgumentName, string)?;
        let value = payload.next(Field::ArgumentValue, typed_data)?;
        Ok(Self { name, value })
    }
}

impl fmt::Debug for Arg<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\" = {:?}", self.name.escape_ascii(), self.value)
    }
}
