use std::io::{self, BufReader, Cursor, Read};

use flate2::bufread::MultiGzDecoder;

use super::zstd::Frames;

/// Enough for the longest magic number below.
const MAGIC_BYTES: u64 = 6;

/// What a file begins with, and the program that unpacks it, for formats that are not read here.
const OTHERS: [(&[u8], &str); 3] =
    [(b"\xfd7zXZ\0", "xz -dc"), (b"BZh", "bzip2 -dc"), (b"PK\x03\x04", "unzip -p")];

/// Unpacks what a reader holds, told by its first bytes and not by a name: gzip of one or more members (RFC 1952 section 2.2),
/// Zstandard of one or more frames (RFC 8878 section 3), anything else as it is.
///
/// # Errors
/// If its first bytes cannot be read, or are those of another compression.
pub fn decode(mut reader: impl Read + 'static) -> io::Result<Box<dyn Read>> {
    let mut magic = Vec::new();
    reader.by_ref().take(MAGIC_BYTES).read_to_end(&mut magic)?;
    if let Some((_, program)) = OTHERS.iter().find(|(other, _)| magic.starts_with(other)) {
        let message =
            format!("packed in a way that is not read here; try: {program} FILE | provenancectl replay … -");
        return Err(io::Error::new(io::ErrorKind::Unsupported, message));
    }
    let whole = BufReader::with_capacity(128 * 1024, Cursor::new(magic.clone()).chain(reader));
    Ok(match magic.as_slice() {
        [0x1f, 0x8b, ..] => Box::new(MultiGzDecoder::new(whole)),
        // A frame, or one to be skipped before it.
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Box::new(Frames::new(whole)),
        _ => Box::new(whole),
    })
}
