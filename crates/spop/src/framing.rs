//! Framing: where a frame ends in a stream of bytes (SPOE.txt, section 3.2).
//!
//! ```text
//! +-----------------+------------------------+
//! | length          | frame                  |
//! | 4, big endian   | length bytes           |
//! +-----------------+------------------------+
//! ```

use crate::error::Error;
use crate::header::Header;
use crate::max_frame_size::MaxFrameSize;

/// Bytes of the length prefix. The length does not count them.
pub const LENGTH_PREFIX: usize = 4;

/// What stands at the front of a read buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Split<'a> {
    /// The frame has not arrived in full, which is no error: read on.
    Incomplete {
        /// At least this many bytes are still missing, at most [`MaxFrameSize::MAX`] and never 0. A buffer
        /// may reserve as much.
        needed: usize,
    },
    /// A whole frame.
    Complete {
        /// The frame without its length prefix, for [`Frame::parse`](crate::Frame::parse).
        frame: &'a [u8],
        /// What follows: the next frame, its beginning, or nothing.
        rest: &'a [u8],
    },
}

/// Looks for one frame at the front of `buffer`.
///
/// The length is compared with `max` before a byte of the frame is waited for, let alone reserved. Until the
/// hellos have settled a size, `max` is the one that this side is going to announce.
///
/// # Errors
///
/// [`Error::FrameTooBig`] and [`Error::FrameTooShort`]; the stream cannot be read any further then.
#[inline]
pub fn split_frame(buffer: &[u8], max: MaxFrameSize) -> Result<Split<'_>, Error> {
    let Some((prefix, rest)) = buffer.split_first_chunk::<LENGTH_PREFIX>() else {
        return Ok(Split::Incomplete { needed: LENGTH_PREFIX - buffer.len() });
    };
    let length = u32::from_be_bytes(*prefix);
    if length > max.get() {
        return Err(Error::FrameTooBig { length, max });
    }
    let len = length as usize;
    if len < Header::MIN_LEN {
        return Err(Error::FrameTooShort { length });
    }
    Ok(match rest.split_at_checked(len) {
        Some((frame, rest)) => Split::Complete { frame, rest },
        None => Split::Incomplete { needed: len - rest.len() },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY_ACK: &[u8] = b"\0\0\0\x07\x67\0\0\0\x01\x00\x01";

    #[test]
    fn a_frame_that_has_not_arrived_is_no_error() {
        for len in 0..EMPTY_ACK.len() {
            let missing = if len < LENGTH_PREFIX { LENGTH_PREFIX } else { EMPTY_ACK.len() } - len;
            assert_eq!(
                split_frame(&EMPTY_ACK[..len], MaxFrameSize::MIN),
                Ok(Split::Incomplete { needed: missing }),
                "{len} bytes"
            );
        }
    }

    #[test]
    fn what_follows_a_frame_is_left_for_the_next_call() {
        let two = [EMPTY_ACK, EMPTY_ACK].concat();
        let Ok(Split::Complete { frame, rest }) = split_frame(&two, MaxFrameSize::MIN) else {
            panic!("no frame found")
        };
        assert_eq!((frame, rest), (&EMPTY_ACK[4..], EMPTY_ACK));
    }

    #[test]
    fn refuses_a_frame_longer_than_negotiated_by_its_prefix_alone() {
        let max = MaxFrameSize::new(300).unwrap();
        assert_eq!(split_frame(&300_u32.to_be_bytes(), max), Ok(Split::Incomplete { needed: 300 }));
        for length in [301, 16_380, u32::MAX] {
            assert_eq!(split_frame(&length.to_be_bytes(), max), Err(Error::FrameTooBig { length, max }));
        }
    }

    #[test]
    fn refuses_a_frame_without_room_for_its_header() {
        for length in 0..7_u32 {
            let prefix = length.to_be_bytes();
            assert_eq!(split_frame(&prefix, MaxFrameSize::MIN), Err(Error::FrameTooShort { length }));
        }
    }
}
