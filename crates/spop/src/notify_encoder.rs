//! Writes a NOTIFY message by message: HAProxy's part, for tests and load generators.

use bytes::{BufMut, BytesMut};

use crate::error::Error;
use crate::frame_encoder::FrameEncoder;
use crate::header::{Flags, FrameType, Header};
use crate::max_frame_size::MaxFrameSize;
use crate::notify::Arg;

/// A NOTIFY frame at the end of a buffer, valid from the first moment and after every message.
#[derive(Debug)]
pub struct NotifyEncoder<'b>(FrameEncoder<'b>);

impl<'b> NotifyEncoder<'b> {
    /// Appends a NOTIFY without messages to `out`.
    pub fn begin(out: &'b mut BytesMut, stream_id: u64, frame_id: u64, max: MaxFrameSize) -> Self {
        let header = Header { frame_type: FrameType::Notify, flags: Flags::FIN, stream_id, frame_id };
        Self(FrameEncoder::begin(out, &header, max))
    }

    /// Adds a message.
    ///
    /// # Errors
    ///
    /// [`Error::NoRoom`] if the frame would exceed its maximum, [`Error::TooManyArguments`] for more than
    /// 255. Nothing of the message is in the frame then.
    pub fn message<'a>(
        &mut self,
        name: impl AsRef<[u8]>,
        args: impl IntoIterator<Item = Arg<'a>>,
    ) -> Result<(), Error> {
        self.0.append(|frame| {
            frame.put_name(name.as_ref())?;
            let position = frame.position();
            frame.put(1, |out| out.put_u8(0))?;
            let mut count = 0_u8;
            for Arg { name, value } in args {
                count = count.checked_add(1).ok_or(Error::TooManyArguments)?;
                frame.put_pair(name, value)?;
            }
            frame.patch(position, count);
            Ok(())
        })
    }

    /// Ends the frame and returns its length in bytes, length prefix included. Dropping does the same.
    #[allow(clippy::must_use_candidate, reason = "ending the frame is the purpose, its length a by-product")]
    pub fn finish(self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;
    use crate::frame::Frame;
    use crate::framing::LENGTH_PREFIX;
    use crate::typed_data::TypedData;

    const ARG: Arg<'_> = Arg { name: b"a", value: TypedData::Null };

    /// The names of the messages in the one frame of `out`, with their numbers of arguments.
    fn messages(out: &[u8]) -> Vec<(&[u8], usize)> {
        let Ok(Frame::Notify(notify)) = Frame::parse(&out[LENGTH_PREFIX..]) else { panic!("no NOTIFY") };
        let messages = notify.messages().map(|message| message.expect("a message"));
        messages.map(|message| (message.name, message.args().count())).collect()
    }

    #[test]
    fn a_message_takes_255_arguments_and_no_more() {
        let mut out = BytesMut::new();
        let mut notify = NotifyEncoder::begin(&mut out, 1, 1, MaxFrameSize::HAPROXY_DEFAULT);
        notify.message("most", [ARG; 255]).unwrap();
        assert_eq!(notify.message("more", [ARG; 256]), Err(Error::TooManyArguments));
        notify.message("none", []).unwrap();
        notify.finish();
        assert_eq!(messages(&out), [(&b"most"[..], 255), (b"none", 0)]);
    }

    #[test]
    fn a_message_that_does_not_fit_leaves_no_trace() {
        let mut out = BytesMut::new();
        let mut notify = NotifyEncoder::begin(&mut out, 1, 1, MaxFrameSize::MIN);
        notify.message("first", [ARG]).unwrap();
        let long = [b'x'; 256];
        assert!(matches!(notify.message(long, []), Err(Error::NoRoom { .. })));
        let args = [ARG, Arg { name: b"b", value: TypedData::String(&long) }];
        assert!(matches!(notify.message("second", args), Err(Error::NoRoom { .. })));
        notify.message("third", [ARG, ARG]).unwrap();
        assert_eq!(notify.finish(), out.len());
        assert_eq!(messages(&out), [(&b"first"[..], 1), (b"third", 2)]);
    }
}
