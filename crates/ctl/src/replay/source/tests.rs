use std::io::{Cursor, Write as _};

use flate2::write::GzEncoder;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

use super::*;

/// Every chunk of a log, and how it ended.
fn chunks(log: Vec<u8>) -> (Vec<Vec<u8>>, io::Result<()>) {
    let (mut all, mut ended) = (Vec::new(), Ok(()));
    let reader = decode(Cursor::new(log)).unwrap();
    let wanted = read_lines(
        reader,
        |bytes, end| {
            all.push(bytes);
            if let Some(end) = end {
                ended = end;
            }
            true
        },
        Vec::new,
    );
    assert!(wanted);
    (all, ended)
}

fn content(log: Vec<u8>) -> Vec<u8> {
    let (all, ended) = chunks(log);
    ended.unwrap();
    all.concat()
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(text).unwrap();
    packed.finish().unwrap()
}

fn zstd(text: &[u8]) -> Vec<u8> {
    compress_to_vec(text, CompressionLevel::Fastest)
}

/// Lines of more than two chunks.
fn many_lines() -> Vec<u8> {
    (0..60_000).flat_map(|n| format!("line number {n}\n").into_bytes()).collect()
}

#[test]
fn a_log_is_the_same_plain_packed_and_in_several_pieces() {
    let text = many_lines();
    let (head, tail) = text.split_at(text.len() / 3);
    assert_eq!(content(text.clone()), text);
    assert_eq!(content(gzip(&text)), text);
    assert_eq!(content([gzip(head), gzip(tail)].concat()), text, "two members");
    assert_eq!(content(zstd(&text)), text);
    let skippable = b"\x50\x2a\x4d\x18\x03\0\0\0xyz".to_vec();
    assert_eq!(content([skippable.clone(), zstd(head), skippable, zstd(tail)].concat()), text, "two frames");
}

#[test]
fn no_chunk_ends_within_a_line() {
    let (all, _) = chunks(many_lines());
    assert!(all.len() > 2);
    assert!(all.iter().all(|bytes| bytes.is_empty() || bytes.ends_with(b"\n")));
}

#[test]
fn what_is_cut_off_hands_on_what_was_read_and_says_so() {
    let text = many_lines();
    for packed in [gzip(&text), zstd(&text)] {
        let (all, ended) = chunks(packed[..packed.len() / 2].to_vec());
        assert_eq!(ended.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        let read = all.concat();
        assert!(read.len() > 1000 && text.starts_with(&read), "{} bytes", read.len());
    }
}

#[test]
fn a_damaged_file_is_told() {
    let mut packed = gzip(b"a line\n");
    let crc = packed.len() - 6;
    packed[crc] ^= 1;
    assert_eq!(chunks(packed).1.unwrap_err().kind(), io::ErrorKind::InvalidInput);
    let mut packed = zstd(&many_lines());
    let last = packed.len() - 1;
    packed[last] ^= 1;
    assert_eq!(chunks(packed).1.unwrap_err().kind(), io::ErrorKind::InvalidData);
}

#[test]
fn another_compression_is_named_with_its_program() {
    let error = decode(Cursor::new(b"\xfd7zXZ\0\0".to_vec())).err().unwrap();
    assert!(error.to_string().contains("xz -dc"), "{error}");
}

#[test]
fn a_line_without_end_takes_no_memory_and_counts_as_one() {
    let long = vec![b'x'; 5 * CHUNK_BYTES];
    let log = [b"before\n", &long[..], b"\nafter"].concat();
    let (all, ended) = chunks(log);
    ended.unwrap();
    assert!(all.iter().all(|bytes| bytes.len() <= CHUNK_BYTES + MAX_LINE_BYTES + 2));
    let text = all.concat();
    let lengths: Vec<_> = lines(&text).map(<[u8]>::len).collect();
    assert_eq!(lengths, [6, MAX_LINE_BYTES + 1, 5]);
}

#[test]
fn a_line_without_end_is_read_no_further_than_somebody_listens() {
    for listens_to in 0..4 {
        let mut endless = io::repeat(b'x').take(100 * CHUNK_BYTES as u64);
        let mut heard = 0;
        let hand_on = |_, _| {
            heard += 1;
            heard <= listens_to
        };
        assert!(!read_lines(&mut endless, hand_on, Vec::new));
        assert!(endless.limit() >= (99 - listens_to) * CHUNK_BYTES as u64, "listens to {listens_to}");
    }
}

#[test]
fn lines_end_in_either_way_and_the_last_may_have_no_end() {
    assert_eq!(lines(b"a\r\n\nb\nc").collect::<Vec<_>>(), [&b"a"[..], b"", b"b", b"c"]);
    assert_eq!(lines(b"").count(), 0);
}

#[test]
fn a_folder_and_a_file_that_is_not_there_are_told_at_once() {
    for file in ["/", "/nowhere/at-all.log"] {
        assert!(matches!(Source::find(Path::new(file)), Err(Error::Read { .. })), "{file}");
    }
}
