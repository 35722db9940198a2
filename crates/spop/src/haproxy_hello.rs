//! HAPROXY-HELLO: the first frame of a connection (SPOE.txt, section 3.2.4).

use core::fmt;

use bytes::BytesMut;

use crate::capabilities::Capabilities;
use crate::error::Error;
use crate::frame_encoder::FrameEncoder;
use crate::header::{FrameType, Header};
use crate::key::Key;
use crate::kv_list::{KvList, required};
use crate::max_frame_size::MaxFrameSize;
use crate::payload::Payload;
use crate::typed_data::TypedData;
use crate::version::SupportedVersions;

/// What HAProxy offers when it opens a connection. [`AgentHello::answer`](crate::AgentHello::answer) answers
/// it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct HaproxyHello<'a> {
    /// The versions that HAProxy speaks.
    pub supported_versions: SupportedVersions<'a>,
    /// The longest frame that HAProxy takes, in bytes, at least [`MaxFrameSize::MIN`]. It may be more than
    /// [`MaxFrameSize::MAX`]; [`MaxFrameSize::negotiate`] settles on the lower one.
    pub max_frame_size: u32,
    /// What HAProxy can do.
    pub capabilities: Capabilities<'a>,
    /// Whether this is a health check (`option spop-check`): HAProxy resets the connection after the answer.
    pub healthcheck: bool,
    /// Names the SPOE engine: one for each thread and start of HAProxy up to 3.0, one for each start since.
    pub engine_id: Option<&'a [u8]>,
}

impl<'a> HaproxyHello<'a> {
    pub(crate) fn parse(payload: Payload<'a>) -> Result<Self, Error> {
        let items = KvList::parse(payload)?;
        let versions = required(Key::SupportedVersions, items.string(Key::SupportedVersions)?)?;
        let announced = required(Key::MaxFrameSize, items.integer(Key::MaxFrameSize)?)?;
        let capabilities = required(Key::Capabilities, items.string(Key::Capabilities)?)?;
        Ok(Self {
            supported_versions: SupportedVersions::new(versions),
            max_frame_size: at_least_min(announced)?,
            capabilities: Capabilities::new(capabilities),
            healthcheck: items.boolean(Key::Healthcheck)?.unwrap_or(false),
            engine_id: items.string(Key::EngineId)?,
        })
    }

    /// Appends the frame to `out`, its items in HAProxy's order.
    ///
    /// # Errors
    ///
    /// [`Error::NoRoom`] if the frame exceeds `max`; `out` is as it was then.
    pub fn encode(&self, out: &mut BytesMut, max: MaxFrameSize) -> Result<(), Error> {
        FrameEncoder::whole(out, &Header::of_connection(FrameType::HaproxyHello), max, |frame| {
            frame.put_item(Key::SupportedVersions, TypedData::String(self.supported_versions.as_bytes()))?;
            frame.put_item(Key::MaxFrameSize, TypedData::Uint32(self.max_frame_size))?;
            frame.put_item(Key::Capabilities, TypedData::String(self.capabilities.as_bytes()))?;
            if let Some(engine_id) = self.engine_id {
                frame.put_item(Key::EngineId, TypedData::String(engine_id))?;
            }
            if self.healthcheck {
                frame.put_item(Key::Healthcheck, TypedData::Bool(true))?;
            }
            Ok(())
        })
    }
}

impl fmt::Debug for HaproxyHello<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HaproxyHello")
            .field("supported_versions", &self.supported_versions)
            .field("max_frame_size", &self.max_frame_size)
            .field("capabilities", &self.capabilities)
            .field("healthcheck", &self.healthcheck)
            .field("engine_id", &format_args!("\"{}\"", self.engine_id.unwrap_or_default().escape_ascii()))
            .finish()
    }
}

fn at_least_min(announced: u64) -> Result<u32, Error> {
    match u32::try_from(announced) {
        Ok(size) if size >= MaxFrameSize::MIN.get() => Ok(size),
        _ => Err(Error::BadMaxFrameSize { announced }),
    }
}
