//! The size that frames of a connection must not exceed, settled by the two hellos.

use core::fmt;

use crate::error::Error;

/// A max-frame-size in bytes: from [`MIN`](Self::MIN) to [`MAX`](Self::MAX).
///
/// It counts what the length prefix counts: type, flags, ids and payload, **without the 4 bytes of the prefix
/// itself**. HAProxy announces `tune.bufsize` minus these 4 bytes (SPOE.txt, section 3.2) and compares a
/// frame without them (`outbuf.data - 4 > max_frame_size` in its `mux_spop.c`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MaxFrameSize(u32);

impl MaxFrameSize {
    /// The least that a peer must take: 256 bytes (SPOE.txt, section 3.2).
    pub const MIN: Self = Self(256);
    /// What HAProxy announces as long as nobody changes its `tune.bufsize` of 16384.
    pub const HAPROXY_DEFAULT: Self = Self(16_380);
    /// The most that this crate takes, 1 MiB: 64 of HAProxy's default buffers, and what one connection may
    /// cost.
    pub const MAX: Self = Self(1 << 20);

    /// A size of `bytes`.
    ///
    /// # Errors
    ///
    /// [`Error::BadMaxFrameSize`] outside of [`MIN`](Self::MIN) to [`MAX`](Self::MAX).
    pub const fn new(bytes: u32) -> Result<Self, Error> {
        if bytes < Self::MIN.0 || bytes > Self::MAX.0 {
            return Err(Error::BadMaxFrameSize { announced: bytes as u64 });
        }
        Ok(Self(bytes))
    }

    /// The lower of this size and the one that the peer `announced` (SPOE.txt, section 3.2.4).
    ///
    /// # Errors
    ///
    /// [`Error::BadMaxFrameSize`] if the peer announced less than [`MIN`](Self::MIN).
    pub const fn negotiate(self, announced: u32) -> Result<Self, Error> {
        if announced < self.0 { Self::new(announced) } else { Ok(self) }
    }

    /// The size in bytes.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    pub(crate) const fn as_usize(self) -> usize {
        self.0 as usize
    }
}

/// What HAProxy announces by default.
impl Default for MaxFrameSize {
    fn default() -> Self {
        Self::HAPROXY_DEFAULT
    }
}

impl fmt::Display for MaxFrameSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_256_bytes_to_1_mebibyte() {
        for bytes in [256, 16_380, 1 << 20] {
            assert_eq!(MaxFrameSize::new(bytes).map(MaxFrameSize::get), Ok(bytes));
        }
        for bytes in [0, 255, (1 << 20) + 1, u32::MAX] {
            assert_eq!(MaxFrameSize::new(bytes), Err(Error::BadMaxFrameSize { announced: bytes.into() }));
        }
    }

    #[test]
    fn the_lower_size_wins() {
        let ours = MaxFrameSize::HAPROXY_DEFAULT;
        assert_eq!(ours.negotiate(1024), MaxFrameSize::new(1024));
        assert_eq!(ours.negotiate(65_532), Ok(ours));
        assert_eq!(MaxFrameSize::MAX.negotiate(u32::MAX), Ok(MaxFrameSize::MAX));
    }

    #[test]
    fn a_peer_cannot_negotiate_below_256_bytes() {
        for announced in [0, 1, 255] {
            let refused = MaxFrameSize::MIN.negotiate(announced);
            assert_eq!(refused, Err(Error::BadMaxFrameSize { announced: announced.into() }));
        }
    }
}
