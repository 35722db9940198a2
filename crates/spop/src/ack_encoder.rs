//! Writes an ACK action by action, the agent's hot path.

use core::fmt;

use bytes::{BufMut, BytesMut};

use crate::ack::{Action, Scope};
use crate::error::Error;
use crate::frame_encoder::FrameEncoder;
use crate::header::{Flags, FrameType, Header};
use crate::max_frame_size::MaxFrameSize;
use crate::notify::Notify;
use crate::string;
use crate::string_writer::StringWriter;
use crate::typed_data::TypedData;

/// Bytes of an action before the name: type, number of arguments, scope.
const ACTION_HEAD: usize = 3;

/// An ACK frame at the end of a buffer.
///
/// The frame is valid from the first moment and after every action: its length is always right, it never
/// exceeds the negotiated size, and an action that is refused leaves no trace. It allocates only where the
/// buffer has to grow.
#[derive(Debug)]
pub struct AckEncoder<'b> {
    frame: FrameEncoder<'b>,
}

impl<'b> AckEncoder<'b> {
    /// Appends an ACK without actions to `out`, which HAProxy takes as an answer, too.
    pub fn begin(out: &'b mut BytesMut, stream_id: u64, frame_id: u64, max: MaxFrameSize) -> Self {
        let header = Header { frame_type: FrameType::Ack, flags: Flags::FIN, stream_id, frame_id };
        Self { frame: FrameEncoder::begin(out, &header, max) }
    }

    /// Appends an ACK without actions that answers `notify`.
    pub fn answer(out: &'b mut BytesMut, notify: &Notify<'_>, max: MaxFrameSize) -> Self {
        Self::begin(out, notify.stream_id, notify.frame_id, max)
    }

    /// Adds a SET-VAR. `name` goes without the `var-prefix` of the configuration.
    ///
    /// # Errors
    ///
    /// [`Error::NoRoom`] if the frame would exceed its maximum; the frame is as it was then.
    #[inline]
    pub fn set_var<'v>(
        &mut self,
        scope: Scope,
        name: impl AsRef<[u8]>,
        value: impl Into<TypedData<'v>>,
    ) -> Result<(), Error> {
        self.put_set_var(scope, name.as_ref(), value.into())
    }

    /// Adds a SET-VAR whose STRING value `write` renders straight into the frame.
    ///
    /// # Errors
    ///
    /// [`Error::NoRoom`] if the frame would exceed its maximum, [`Error::Format`] if `write` fails for a
    /// reason of its own; the frame is as it was then.
    pub fn set_var_with(
        &mut self,
        scope: Scope,
        name: impl AsRef<[u8]>,
        write: impl FnOnce(&mut StringWriter<'_>) -> fmt::Result,
    ) -> Result<(), Error> {
        let name = name.as_ref();
        self.frame.append(|frame| {
            frame.put(ACTION_HEAD + string::encoded_len(name), |out| {
                out.put_slice(&[Action::SET_VAR, Action::SET_VAR_ARGS, scope as u8]);
                string::encode(name, out);
            })?;
            frame.put_string_with(write)
        })
    }

    /// Adds an UNSET-VAR.
    ///
    /// # Errors
    ///
    /// [`Error::NoRoom`] if the frame would exceed its maximum; the frame is as it was then.
    pub fn unset_var(&mut self, scope: Scope, name: impl AsRef<[u8]>) -> Result<(), Error> {
        let name = name.as_ref();
        self.frame.append(|frame| {
            frame.put(ACTION_HEAD + string::encoded_len(name), |out| {
                out.put_slice(&[Action::UNSET_VAR, Action::UNSET_VAR_ARGS, scope as u8]);
                string::encode(name, out);
            })
        })
    }

    /// Adds an action that was read from another ACK.
    ///
    /// # Errors
    ///
    /// [`Error::NoRoom`] if the frame would exceed its maximum; the frame is as it was then.
    pub fn action(&mut self, action: Action<'_>) -> Result<(), Error> {
        match action {
            Action::SetVar { scope, name, value } => self.put_set_var(scope, name, value),
            Action::UnsetVar { scope, name } => self.unset_var(scope, name),
        }
    }

    /// Bytes that still fit into the frame.
    #[must_use]
    pub fn room(&self) -> usize {
        self.frame.room()
    }

    /// Ends the frame and returns its length in bytes, length prefix included. Dropping does the same.
    #[allow(clippy::must_use_candidate, reason = "ending the frame is the purpose, its length a by-product")]
    pub fn finish(self) -> usize {
        self.frame.len()
    }

    fn put_set_var(&mut self, scope: Scope, name: &[u8], value: TypedData<'_>) -> Result<(), Error> {
        self.frame.append(|frame| {
            frame.put(ACTION_HEAD + string::encoded_len(name) + value.encoded_len(), |out| {
                out.put_slice(&[Action::SET_VAR, Action::SET_VAR_ARGS, scope as u8]);
                string::encode(name, out);
                value.encode(out);
            })
        })
    }
}

#[cfg(test)]
mod tests;
