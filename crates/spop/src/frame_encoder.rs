//! Writes one frame at the end of a buffer and keeps it valid throughout.

use core::fmt;

use bytes::{BufMut, BytesMut};

use crate::data_type::DataType;
use crate::error::Error;
use crate::framing::LENGTH_PREFIX;
use crate::header::Header;
use crate::key::Key;
use crate::max_frame_size::MaxFrameSize;
use crate::string_writer::StringWriter;
use crate::typed_data::TypedData;
use crate::{string, varint};

/// A frame under construction.
///
/// Invariant: `out[start..committed]` is a whole frame whose length prefix is right; what stands behind it is
/// an unfinished part that [`commit`](Self::commit) takes in and [`rollback`](Self::rollback), or dropping
/// the encoder, removes. So neither an error nor a panic of the caller leaves half a frame in the buffer.
#[derive(Debug)]
pub(crate) struct FrameEncoder<'b> {
    out: &'b mut BytesMut,
    start: usize,
    committed: usize,
    limit: usize,
}

impl<'b> FrameEncoder<'b> {
    /// Appends a frame without payload. The smallest max-frame-size has room for every header.
    pub(crate) fn begin(out: &'b mut BytesMut, header: &Header, max: MaxFrameSize) -> Self {
        const { assert!(Header::MAX_LEN <= MaxFrameSize::MIN.as_usize()) };
        let start = out.len();
        out.reserve(LENGTH_PREFIX + Header::MAX_LEN);
        out.put_u32(0);
        header.encode(out);
        let limit = start + LENGTH_PREFIX + max.as_usize();
        let mut frame = Self { committed: out.len(), out, start, limit };
        frame.commit();
        frame
    }

    /// Appends a frame with all that `write` puts into it, or nothing.
    pub(crate) fn whole(
        out: &'b mut BytesMut,
        header: &Header,
        max: MaxFrameSize,
        write: impl FnOnce(&mut Self) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut frame = Self::begin(out, header, max);
        match write(&mut frame) {
            Ok(()) => frame.commit(),
            Err(error) => {
                frame.committed = frame.start;
                return Err(error);
            }
        }
        Ok(())
    }

    /// Bytes of the frame, length prefix included.
    pub(crate) const fn len(&self) -> usize {
        self.committed - self.start
    }

    /// Bytes that still fit into the frame.
    pub(crate) fn room(&self) -> usize {
        self.limit.saturating_sub(self.out.len())
    }

    /// Writes exactly `len` bytes, unless they do not fit.
    #[inline]
    pub(crate) fn put(&mut self, len: usize, write: impl FnOnce(&mut BytesMut)) -> Result<(), Error> {
        let room = self.room();
        if len > room {
            return Err(Error::NoRoom { needed: len, room });
        }
        self.out.reserve(len);
        write(self.out);
        Ok(())
    }

    /// Writes a name: a STRING without type byte.
    pub(crate) fn put_name(&mut self, name: &[u8]) -> Result<(), Error> {
        self.put(string::encoded_len(name), |out| string::encode(name, out))
    }

    /// Writes a name and a value.
    #[inline]
    pub(crate) fn put_pair(&mut self, name: &[u8], value: TypedData<'_>) -> Result<(), Error> {
        self.put(string::encoded_len(name) + value.encoded_len(), |out| {
            string::encode(name, out);
            value.encode(out);
        })
    }

    /// Writes an item of a KV-LIST.
    pub(crate) fn put_item(&mut self, key: Key, value: TypedData<'_>) -> Result<(), Error> {
        self.put_pair(key.as_str().as_bytes(), value)
    }

    /// Writes a STRING value whose length is known only once `write` has written it.
    ///
    /// One byte is kept for the length. It does for 239 bytes; a longer string moves back by what is missing.
    pub(crate) fn put_string_with(
        &mut self,
        write: impl FnOnce(&mut StringWriter<'_>) -> fmt::Result,
    ) -> Result<(), Error> {
        self.put(2, |out| out.put_slice(&[DataType::String as u8, 0]))?;
        let start = self.out.len();
        let mut writer = StringWriter::new(self.out, self.limit);
        let written = write(&mut writer);
        if let Some(error) = writer.refused() {
            return Err(error);
        }
        written.map_err(|_| Error::Format)?;
        self.put_length_before(start)
    }

    /// Writes the length of `out[start..]` into the byte before it, after making room for a longer one.
    fn put_length_before(&mut self, start: usize) -> Result<(), Error> {
        let len = self.out.len() - start;
        let more = varint::encoded_len(len as u64) - 1;
        if more > 0 {
            self.put(more, |out| out.put_bytes(0, more))?;
            self.out.copy_within(start..start + len, start + more);
        }
        if let Some(mut length) = self.out.get_mut(start - 1..start + more) {
            varint::encode(len as u64, &mut length);
        }
        Ok(())
    }

    /// Overwrites one byte that was written before.
    pub(crate) fn patch(&mut self, position: usize, byte: u8) {
        if let Some(slot) = self.out.get_mut(position) {
            *slot = byte;
        }
    }

    /// Where in the buffer the next byte goes.
    pub(crate) fn position(&self) -> usize {
        self.out.len()
    }

    /// Makes what was written a part of the frame.
    #[inline]
    pub(crate) fn commit(&mut self) {
        self.committed = self.out.len();
        #[allow(clippy::cast_possible_truncation, reason = "put() keeps the frame within a MaxFrameSize")]
        let length = (self.committed - self.start - LENGTH_PREFIX) as u32;
        if let Some(prefix) = self.out.get_mut(self.start..self.start + LENGTH_PREFIX) {
            prefix.copy_from_slice(&length.to_be_bytes());
        }
    }

    /// Commits what `write` writes, or leaves the frame as it was.
    #[inline]
    pub(crate) fn append(&mut self, write: impl FnOnce(&mut Self) -> Result<(), Error>) -> Result<(), Error> {
        let written = write(self);
        match written {
            Ok(()) => self.commit(),
            Err(_) => self.rollback(),
        }
        written
    }

    /// Removes what was written since the last commit.
    fn rollback(&mut self) {
        self.out.truncate(self.committed);
    }
}

impl Drop for FrameEncoder<'_> {
    fn drop(&mut self) {
        self.rollback();
    }
}
