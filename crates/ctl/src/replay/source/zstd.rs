use std::io::{self, BufRead, Read};

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// The largest window that is read, in bytes: the most that `zstd` takes without being asked to, and what `zstd --long` wants. It is
/// most of what a replay may need of memory (docs/replay.md).
const MAX_WINDOW_BYTES: u64 = 128 * 1024 * 1024;

/// The content of a file in Zstandard: all of its frames (RFC 8878 section 3), each checked by its checksum where it has one.
pub(super) struct Frames<R> {
    source: R,
    decoder: FrameDecoder,
    is_within: bool,
}

impl<R: BufRead> Frames<R> {
    /// Reads what `source` holds. A frame that wants a window of more than [`MAX_WINDOW_BYTES`] is refused.
    pub(super) fn new(source: R) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(MAX_WINDOW_BYTES);
        Self { source, decoder, is_within: false }
    }

    /// Begins the next frame; false at the end of the file.
    fn begin(&mut self) -> io::Result<bool> {
        while !self.source.fill_buf()?.is_empty() {
            match self.decoder.reset(&mut self.source) {
                Ok(()) => {
                    self.is_within = true;
                    return Ok(true);
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    io::copy(&mut self.source.by_ref().take(length.into()), &mut io::sink())?;
                }
                Err(FrameDecoderError::WindowSizeTooBig { requested, .. }) => {
                    return Err(window_too_large(requested));
                }
                Err(error) => return Err(self.failed(error)),
            }
        }
        Ok(false)
    }

    /// What is wrong with the file: the decoder cannot tell one that is cut off from one that is damaged.
    fn failed(&mut self, error: FrameDecoderError) -> io::Error {
        match self.source.fill_buf() {
            Ok([]) => io::ErrorKind::UnexpectedEof.into(),
            _ => io::Error::new(io::ErrorKind::InvalidData, error),
        }
    }

    fn check(&self) -> io::Result<()> {
        match self.decoder.get_checksum_from_data() {
            Some(told) if self.decoder.get_calculated_checksum() != Some(told) => {
                Err(io::Error::new(io::ErrorKind::InvalidData, "the checksum of a frame is wrong"))
            }
            _ => Ok(()),
        }
    }
}

fn window_too_large(bytes: u64) -> io::Error {
    let mib = bytes.div_ceil(1024 * 1024);
    let message = format!(
        "packed with a window of {mib} MiB, of which at most 128 are read; try: zstd -dc --long=31 FILE | provenancectl replay … -"
    );
    io::Error::new(io::ErrorKind::Unsupported, message)
}

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.is_within && !self.begin()? {
                return Ok(0);
            }
            if self.decoder.can_collect() > 0 {
                return self.decoder.read(buffer);
            }
            if self.decoder.is_finished() {
                self.check()?;
                self.is_within = false;
            } else if let Err(error) =
                self.decoder.decode_blocks(&mut self.source, BlockDecodingStrategy::UptoBlocks(1))
            {
                return Err(self.failed(error));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame with this window descriptor (RFC 8878 section 3.1.1.1.2) and one empty block.
    fn frame(window: u8) -> Vec<u8> {
        let (magic, no_checksum_nor_size, last_raw_block) = ([0x28, 0xb5, 0x2f, 0xfd], [0], [1, 0, 0]);
        [&magic[..], &no_checksum_nor_size, &[window], &last_raw_block].concat()
    }

    fn read(bytes: &[u8]) -> io::Result<usize> {
        Frames::new(bytes).read_to_end(&mut Vec::new())
    }

    #[test]
    fn a_window_of_128_mib_is_read_and_a_larger_one_refused_with_what_to_do() {
        let mib_128 = 17 << 3;
        assert_eq!(read(&frame(mib_128)).unwrap(), 0);
        for larger in [mib_128 + 1, 18 << 3, 31 << 3] {
            for log in [frame(larger), [frame(mib_128), frame(larger)].concat()] {
                let error = read(&log).unwrap_err();
                assert_eq!(error.kind(), io::ErrorKind::Unsupported);
                assert!(
                    error.to_string().contains("zstd -dc --long=31 FILE | provenancectl replay"),
                    "{error}"
                );
            }
        }
    }
}
