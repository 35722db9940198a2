//! Where answers go.

use std::io::{self, Write};

use serde::Serialize;

use crate::Error;

/// Standard output, or what stands for it in a test. Colours are taken out on the way where nobody would see them.
pub struct Console<'o> {
    out: Box<dyn Write + 'o>,
    json: bool,
}

impl<'o> Console<'o> {
    /// Answers go to `out`; with `json`, as JSON.
    pub fn new(out: impl Write + 'o, json: bool) -> Self {
        Self { out: Box::new(out), json }
    }

    /// Whether answers are for programs.
    #[must_use]
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// Writes one JSON object, and ends the line.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn object(&mut self, value: &impl Serialize) -> Result<(), Error> {
        serde_json::to_writer(&mut self.out, value).map_err(io::Error::from)?;
        self.out.write_all(b"\n")?;
        Ok(())
    }

    /// Hands what is buffered to the system.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn flush(&mut self) -> Result<(), Error> {
        self.out.flush().map_err(Error::Write)
    }
}

impl Write for Console<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
