//! Logs as they lie on disks: plain, gzip or zstd, several in the order given, standard input among them; handed on in chunks of
//! whole lines.

mod decode;
mod zstd;

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender};

use indicatif::ProgressBar;

pub use decode::decode;

use crate::Error;

/// A longer line is no line of a log: of it, one byte more than this is kept, so that whoever parses lines can tell.
pub const MAX_LINE_BYTES: usize = 64 * 1024;

/// About how much is read before it is handed on.
const CHUNK_BYTES: usize = 256 * 1024;

/// A log, and how large it is where that is known.
#[derive(Clone, Debug)]
pub struct Source {
    /// The file; `-` is standard input.
    pub file: PathBuf,
    /// Size as it lies on disk, in bytes.
    pub bytes: Option<u64>,
}

impl Source {
    /// Looks a log up, so that one which is not there is told before the first is read.
    ///
    /// # Errors
    /// [`Error::Read`].
    pub fn find(file: &Path) -> Result<Self, Error> {
        if file == Path::new("-") {
            return Ok(Self { file: file.to_owned(), bytes: None });
        }
        let failed = |source| Error::Read { file: file.to_owned(), source };
        let metadata = fs::metadata(file).map_err(failed)?;
        if metadata.is_dir() {
            return Err(failed(io::ErrorKind::IsADirectory.into()));
        }
        // A pipe that is opened and closed again would be over for whoever writes into it.
        if metadata.is_file() {
            File::open(file).map_err(failed)?;
        }
        Ok(Self { file: file.to_owned(), bytes: metadata.is_file().then_some(metadata.len()) })
    }

    fn open(&self, progress: &ProgressBar) -> io::Result<Box<dyn Read>> {
        match self.file == Path::new("-") {
            true => decode(progress.wrap_read(io::stdin())),
            false => decode(progress.wrap_read(File::open(&self.file)?)),
        }
    }
}

/// Whole lines of one log.
#[derive(Debug)]
pub struct Chunk {
    /// Position of the log among the sources.
    pub source: usize,
    /// The lines, each with its end; the last of a log may lack it.
    pub bytes: Vec<u8>,
    /// With the last chunk of a log: how it ended.
    pub end: Option<io::Result<()>>,
}

/// Reads all logs, until they are over or nobody listens any more. Buffers that come back are used again.
pub fn read_all(
    sources: &[Source],
    progress: &ProgressBar,
    chunks: &SyncSender<Chunk>,
    spent: &Receiver<Vec<u8>>,
) {
    for (position, source) in sources.iter().enumerate() {
        let hand_on = |bytes: Vec<u8>, end| chunks.send(Chunk { source: position, bytes, end }).is_ok();
        let go_on = match source.open(progress) {
            Ok(reader) => read_lines(reader, hand_on, || spent.try_recv().unwrap_or_default()),
            Err(error) => hand_on(Vec::new(), Some(Err(error))),
        };
        if !go_on {
            return;
        }
    }
}

/// Reads one log in chunks of whole lines; false as soon as `hand_on` says that nobody wants more.
fn read_lines(
    mut reader: impl Read,
    mut hand_on: impl FnMut(Vec<u8>, Option<io::Result<()>>) -> bool,
    mut buffer: impl FnMut() -> Vec<u8>,
) -> bool {
    let mut begun = Vec::new();
    let mut skips = false;
    loop {
        let mut bytes = buffer();
        bytes.clear();
        bytes.append(&mut begun);
        let before = bytes.len();
        let read = reader.by_ref().take(CHUNK_BYTES as u64).read_to_end(&mut bytes);
        let is_over = read.is_err() || bytes.len() == before;
        if skips {
            let end = memchr::memchr(b'\n', &bytes).map(|at| at.saturating_add(1));
            bytes.drain(..end.unwrap_or(bytes.len()));
            skips = end.is_none();
        }
        if is_over {
            return hand_on(bytes, Some(read.map(drop)));
        }
        begun = bytes.split_off(memchr::memrchr(b'\n', &bytes).map_or(0, |at| at.saturating_add(1)));
        if begun.len() > MAX_LINE_BYTES {
            begun.truncate(MAX_LINE_BYTES.saturating_add(1));
            bytes.append(&mut begun);
            bytes.push(b'\n');
            skips = true;
        }
        // Of a line that is skipped nothing is handed on, and yet it may be endless: whether somebody listens is asked all the same.
        if (skips || !bytes.is_empty()) && !hand_on(bytes, None) {
            return false;
        }
    }
}

/// The lines of a chunk, without their ends (LF or CRLF).
pub fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let at = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let (line, after) = rest.split_at_checked(at)?;
        rest = after.get(1..).unwrap_or_default();
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    })
}

#[cfg(test)]
mod tests;
