//! Renders the value of a variable straight into its frame.

use core::fmt;

use bytes::BytesMut;

use crate::error::Error;

/// Takes a STRING piece by piece; `write!` works on it.
///
/// A piece that does not fit into the frame is refused with [`fmt::Error`], and with it the whole value, even
/// if the caller goes on.
#[derive(Debug)]
pub struct StringWriter<'w> {
    out: &'w mut BytesMut,
    limit: usize,
    refused: Option<Error>,
}

impl<'w> StringWriter<'w> {
    pub(crate) const fn new(out: &'w mut BytesMut, limit: usize) -> Self {
        Self { out, limit, refused: None }
    }

    pub(crate) const fn refused(&self) -> Option<Error> {
        self.refused
    }

    /// Appends bytes, which need not be UTF-8.
    ///
    /// # Errors
    ///
    /// [`fmt::Error`] if they do not fit into the frame.
    #[inline]
    pub fn write_bytes(&mut self, bytes: &[u8]) -> fmt::Result {
        let room = self.limit.saturating_sub(self.out.len());
        if bytes.len() > room {
            self.refused = Some(Error::NoRoom { needed: bytes.len(), room });
            return Err(fmt::Error);
        }
        self.out.extend_from_slice(bytes);
        Ok(())
    }
}

impl fmt::Write for StringWriter<'_> {
    #[inline]
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.write_bytes(text.as_bytes())
    }
}
