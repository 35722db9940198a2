//! The names of the items in hellos and disconnects.

use core::fmt;

use crate::status::Status;

/// An item that SPOP 2.0 defines (SPOE.txt, sections 3.2.4 to 3.2.9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// `supported-versions` of HAPROXY-HELLO.
    SupportedVersions,
    /// `version` of AGENT-HELLO.
    Version,
    /// `max-frame-size` of both hellos.
    MaxFrameSize,
    /// `capabilities` of both hellos.
    Capabilities,
    /// `healthcheck` of HAPROXY-HELLO.
    Healthcheck,
    /// `engine-id` of HAPROXY-HELLO.
    EngineId,
    /// `status-code` of both disconnects.
    StatusCode,
    /// `message` of both disconnects.
    Message,
}

impl Key {
    pub(crate) const ALL: [Self; 8] = [
        Self::SupportedVersions,
        Self::Version,
        Self::MaxFrameSize,
        Self::Capabilities,
        Self::Healthcheck,
        Self::EngineId,
        Self::StatusCode,
        Self::Message,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SupportedVersions => "supported-versions",
            Self::Version => "version",
            Self::MaxFrameSize => "max-frame-size",
            Self::Capabilities => "capabilities",
            Self::Healthcheck => "healthcheck",
            Self::EngineId => "engine-id",
            Self::StatusCode => "status-code",
            Self::Message => "message",
        }
    }

    pub(crate) fn from_name(name: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.as_str().as_bytes() == name)
    }

    /// The status code that a frame earns by lacking the item (section 3.5).
    pub(crate) const fn missing_status(self) -> Status {
        match self {
            Self::SupportedVersions | Self::Version => Status::NoVersion,
            Self::MaxFrameSize => Status::NoMaxFrameSize,
            Self::Capabilities => Status::NoCapabilities,
            Self::Healthcheck | Self::EngineId | Self::StatusCode | Self::Message => Status::Invalid,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
