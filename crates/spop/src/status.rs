//! Status codes: what a DISCONNECT frame says about why the connection ends (SPOE.txt, section 3.5).

use core::fmt;

/// A status code of SPOP. `Display` and [`message`](Self::message) give HAProxy's own text.
///
/// An agent may define codes that are not in this table, so a received code stays a number until
/// [`from_code`](Self::from_code) finds it here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum Status {
    /// No error: the connection is closed because it is no longer needed.
    Normal = 0,
    /// Reading or writing failed.
    Io = 1,
    /// The peer did not answer in time, or an idle connection was given up.
    Timeout = 2,
    /// A frame is longer than the negotiated max-frame-size.
    TooBig = 3,
    /// A frame does not follow the protocol.
    Invalid = 4,
    /// A hello without `supported-versions` or `version`.
    NoVersion = 5,
    /// A hello without `max-frame-size`.
    NoMaxFrameSize = 6,
    /// A hello without `capabilities`.
    NoCapabilities = 7,
    /// No version that both sides speak.
    UnsupportedVersion = 8,
    /// A max-frame-size below 256, or above what the other side announced.
    BadMaxFrameSize = 9,
    /// A frame without the FIN flag.
    FragmentationNotSupported = 10,
    /// Fragments of two payloads mixed; fragmentation is gone since HAProxy 3.1.
    InterlacedFrames = 11,
    /// An ACK that belongs to no NOTIFY.
    FrameIdNotFound = 12,
    /// Out of memory or another resource.
    Resource = 13,
    /// Anything else.
    Unknown = 99,
}

impl Status {
    /// Every status, in the order of the codes.
    pub const ALL: [Self; 15] = [
        Self::Normal,
        Self::Io,
        Self::Timeout,
        Self::TooBig,
        Self::Invalid,
        Self::NoVersion,
        Self::NoMaxFrameSize,
        Self::NoCapabilities,
        Self::UnsupportedVersion,
        Self::BadMaxFrameSize,
        Self::FragmentationNotSupported,
        Self::InterlacedFrames,
        Self::FrameIdNotFound,
        Self::Resource,
        Self::Unknown,
    ];

    /// The number in `status-code`.
    #[must_use]
    pub const fn code(self) -> u32 {
        self as u32
    }

    /// The status with this number, unless an agent made it up.
    #[must_use]
    pub fn from_code(code: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }

    /// What HAProxy writes into `message` and its logs (`spop_err_reasons` in its `mux_spop.c`).
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Io => "I/O error",
            Self::Timeout => "a timeout occurred",
            Self::TooBig => "frame is too big",
            Self::Invalid => "invalid frame received",
            Self::NoVersion => "version value not found",
            Self::NoMaxFrameSize => "max-frame-size value not found",
            Self::NoCapabilities => "capabilities value not found",
            Self::UnsupportedVersion => "unsupported version",
            Self::BadMaxFrameSize => "max-frame-size too big or too small",
            Self::FragmentationNotSupported => "fragmentation not supported",
            Self::InterlacedFrames => "invalid interlaced frames",
            Self::FrameIdNotFound => "frame-id not found",
            Self::Resource => "resource allocation error",
            Self::Unknown => "an unknown error occurred",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_finds_its_status() {
        for status in Status::ALL {
            assert_eq!(Status::from_code(status.code()), Some(status));
        }
        assert_eq!(Status::ALL.map(Status::code)[..14], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
    }

    #[test]
    fn a_code_that_an_agent_made_up_has_no_status() {
        assert_eq!(Status::from_code(14), None);
        assert_eq!(Status::from_code(98), None);
        assert_eq!(Status::from_code(u32::MAX), None);
    }
}
