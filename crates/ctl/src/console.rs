//! Where answers go.

use std::io::{self, Write};

use serde::Serialize;

use crate::Error;

/// Standard output, or what stands for it in a test. Colours are taken out on the way where nobody would see them.
pub struct Console<'o> {
    out: Box<dyn Write + 'o>,
    json: bool,
    /// Whether whoever reads has read enough, as `head` does. What is written then goes nowhere, and the exit code is still that of
    /// the answer: a script asks for it by `| grep -q`.
    closed: bool,
}

impl<'o> Console<'o> {
    /// Answers go to `out`; with `json`, as JSON.
    pub fn new(out: impl Write + 'o, json: bool) -> Self {
        Self { out: Box::new(out), json, closed: false }
    }

    /// Whether answers are for programs.
    #[must_use]
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// Whether nobody reads any more.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Writes one JSON object, and ends the line.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn object(&mut self, value: &impl Serialize) -> Result<(), Error> {
        serde_json::to_writer(&mut *self, value).map_err(io::Error::from)?;
        self.write_all(b"\n")?;
        Ok(())
    }

    /// Hands what is buffered to the system.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn flush(&mut self) -> Result<(), Error> {
        Write::flush(self).map_err(Error::Write)
    }

    /// What came of a write; nothing is wrong with one that nobody reads.
    fn unless_closed<T>(&mut self, written: io::Result<T>, else_say: T) -> io::Result<T> {
        match written {
            Err(why) if why.kind() == io::ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(else_say)
            }
            other => other,
        }
    }
}

impl Write for Console<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.closed {
            return Ok(bytes.len());
        }
        let written = self.out.write(bytes);
        self.unless_closed(written, bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = if self.closed { Ok(()) } else { self.out.flush() };
        self.unless_closed(flushed, ())
    }
}
