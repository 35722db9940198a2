//! AGENT-HELLO: the answer that settles version, size and capabilities (SPOE.txt, section 3.2.5).

use core::fmt::Write;

use bytes::BytesMut;

use crate::capabilities::{Capabilities, Capability};
use crate::error::{Defect, Error};
use crate::frame_encoder::FrameEncoder;
use crate::haproxy_hello::HaproxyHello;
use crate::header::{FrameType, Header};
use crate::key::Key;
use crate::kv_list::{KvList, required};
use crate::max_frame_size::MaxFrameSize;
use crate::payload::Payload;
use crate::typed_data::TypedData;
use crate::version::Version;

/// What holds for the rest of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgentHello<'a> {
    /// The version that both speak.
    pub version: Version,
    /// The longest frame in either direction; not above what HAProxy announced.
    pub max_frame_size: MaxFrameSize,
    /// What the agent can do. Without pipelining HAProxy sends one NOTIFY at a time.
    pub capabilities: Capabilities<'a>,
}

impl AgentHello<'static> {
    /// Settles a connection with what `hello` offers: version 2.0, the lower of both frame sizes, and
    /// pipelining if HAProxy has it.
    ///
    /// # Errors
    ///
    /// [`Error::UnsupportedVersion`] and [`Error::BadMaxFrameSize`], to be answered with
    /// [`Disconnect::from`](crate::Disconnect) of their status.
    pub fn answer(hello: &HaproxyHello<'_>, ours: MaxFrameSize) -> Result<Self, Error> {
        let version = hello.supported_versions.negotiate()?;
        let max_frame_size = ours.negotiate(hello.max_frame_size)?;
        let pipelining = hello.capabilities.contains(Capability::Pipelining);
        let capabilities = if pipelining { Capabilities::PIPELINING } else { Capabilities::NONE };
        Ok(Self { version, max_frame_size, capabilities })
    }
}

impl<'a> AgentHello<'a> {
    pub(crate) fn parse(payload: Payload<'a>) -> Result<Self, Error> {
        let items = KvList::parse(payload)?;
        let version = required(Key::Version, items.string(Key::Version)?)?;
        let Some(version) = Version::parse(version) else {
            return Err(items.malformed(Key::Version, Defect::NotAVersion));
        };
        let announced = required(Key::MaxFrameSize, items.integer(Key::MaxFrameSize)?)?;
        let Ok(bytes) = u32::try_from(announced) else { return Err(Error::BadMaxFrameSize { announced }) };
        let capabilities = required(Key::Capabilities, items.string(Key::Capabilities)?)?;
        Ok(Self {
            version,
            max_frame_size: MaxFrameSize::new(bytes)?,
            capabilities: Capabilities::new(capabilities),
        })
    }

    /// Appends the frame to `out`.
    ///
    /// # Errors
    ///
    /// [`Error::NoRoom`] if the frame exceeds `max`; `out` is as it was then.
    pub fn encode(&self, out: &mut BytesMut, max: MaxFrameSize) -> Result<(), Error> {
        FrameEncoder::whole(out, &Header::of_connection(FrameType::AgentHello), max, |frame| {
            frame.put_name(Key::Version.as_str().as_bytes())?;
            frame.put_string_with(|text| write!(text, "{}", self.version))?;
            frame.put_item(Key::MaxFrameSize, TypedData::Uint32(self.max_frame_size.get()))?;
            frame.put_item(Key::Capabilities, TypedData::String(self.capabilities.as_bytes()))
        })
    }
}
