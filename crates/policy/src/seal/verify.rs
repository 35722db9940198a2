use std::borrow::Cow;

use hmac::Mac as _;

use super::key::Key;
use super::message::{Message, is_host};
use super::parameters::{Found, Occurrence};
use super::source;
use super::status::{ImageProvenance, SealStatus};
use super::token::{self, Seal};
use super::{Provenance, form};
use crate::Timestamp;

/// Most bytes of a decoded value.
pub(super) const MAX_VALUE: usize = 255;
/// Bytes that an escape takes for each byte that it stands for.
const ESCAPE: usize = 3;

impl Provenance {
    /// What the provenance parameters of a request are worth at the time `now`.
    ///
    /// `host` is the `Host` header as sent; `path` and `query` are the request target on either side of its first `?`.
    #[must_use]
    pub fn verify<'a>(
        &'a self,
        host: &[u8],
        path: &[u8],
        query: Option<&'a [u8]>,
        now: Timestamp,
    ) -> ImageProvenance<'a> {
        let Some(query) = query else { return ImageProvenance::only(SealStatus::None) };
        let found = self.parameters.find(query);
        if found.is_empty() || !self.covers(host) {
            return ImageProvenance::only(SealStatus::None);
        }
        let seal = match found.seal {
            Occurrence::Absent => return self.claims(&found),
            Occurrence::Once(seal) if seal.len() <= token::MAX_SEAL * ESCAPE => form::decode(seal),
            Occurrence::Once(_) | Occurrence::Repeated => {
                return ImageProvenance::only(SealStatus::Malformed);
            }
        };
        match (Seal::parse(&seal), found.values()) {
            (Some(seal), Some(values)) if is_host(host) => self.judge(&seal, values, host, path, now),
            _ => ImageProvenance::only(SealStatus::Malformed),
        }
    }

    /// An unsigned URL: what it claims, as far as that is clear and is text.
    fn claims<'a>(&'a self, found: &Found<'a>) -> ImageProvenance<'a> {
        let claim = |found| match found {
            Occurrence::Once(raw) => value(raw),
            Occurrence::Absent | Occurrence::Repeated => None,
        };
        let generator = claim(found.generator);
        ImageProvenance {
            status: SealStatus::Unsigned,
            source: self.source_name(generator.as_deref()),
            site: claim(found.site),
            generator,
            format: claim(found.format),
            age: None,
        }
    }

    fn judge<'a>(
        &'a self,
        seal: &Seal<'_>,
        values: Values<'a>,
        host: &[u8],
        path: &[u8],
        now: Timestamp,
    ) -> ImageProvenance<'a> {
        let message = Message {
            scope: seal.scope,
            host,
            path,
            site: values.site.as_deref().unwrap_or_default(),
            generator: values.generator.as_deref().unwrap_or_default(),
            format: values.format.as_deref().unwrap_or_default(),
            ts: seal.ts,
        };
        let genuine = match self.keys.find(seal.kid) {
            None => Err(SealStatus::UnknownKey),
            Some(key) => self.authenticate(key, &message, seal),
        };
        let source = self.source_name(values.generator.as_deref());
        let (status, age) = match genuine {
            Err(status) => (status, None),
            Ok(()) => {
                let age = now.seconds().saturating_sub(seal.seconds);
                (self.freshness(seal, values.generator.as_deref(), age, now), Some(age))
            }
        };
        let Values { site, generator, format } = values;
        ImageProvenance { status, site, generator, format, source, age }
    }

    fn authenticate(&self, key: &Key, message: &Message<'_>, seal: &Seal<'_>) -> Result<(), SealStatus> {
        let mut mac = key.mac.clone();
        message.authenticate(&self.rewrites, &mut mac);
        // Constant time.
        mac.verify_truncated_left(&seal.mac).map_err(|_| SealStatus::Forged)
    }

    fn freshness(&self, seal: &Seal<'_>, generator: Option<&str>, age: u64, now: Timestamp) -> SealStatus {
        if seal.seconds > now.plus(self.skew).seconds() {
            return SealStatus::Early;
        }
        // A generator that no source names is granted no age: unknown is never read as allowed.
        match generator.and_then(|generator| self.sources.of_generator(generator)) {
            Some(source) if age <= source.max_age.as_secs() => SealStatus::Valid,
            _ => SealStatus::Stale,
        }
    }

    fn source_name(&self, generator: Option<&str>) -> Option<&str> {
        generator.map(|generator| self.sources.of_generator(generator).map_or(source::UNKNOWN, |s| &*s.name))
    }
}

/// The decoded values; `None` for a parameter that is absent.
struct Values<'a> {
    site: Option<Cow<'a, str>>,
    generator: Option<Cow<'a, str>>,
    format: Option<Cow<'a, str>>,
}

impl<'a> Found<'a> {
    /// The decoded values, or `None` if one is not what a signer would write.
    fn values(&self) -> Option<Values<'a>> {
        let decoded = |found| match found {
            Occurrence::Absent => Some(None),
            Occurrence::Once(raw) => value(raw).map(Some),
            Occurrence::Repeated => None,
        };
        Some(Values {
            site: decoded(self.site)?,
            generator: decoded(self.generator)?,
            format: decoded(self.format)?,
        })
    }
}

/// A value that is UTF-8, of bounded length and free of control characters, so that it may go into a header or a log.
fn value(raw: &[u8]) -> Option<Cow<'_, str>> {
    if raw.len() > MAX_VALUE.saturating_mul(ESCAPE) {
        return None;
    }
    let text = match form::decode(raw) {
        Cow::Borrowed(bytes) => Cow::Borrowed(str::from_utf8(bytes).ok()?),
        Cow::Owned(bytes) => Cow::Owned(String::from_utf8(bytes).ok()?),
    };
    (text.len() <= MAX_VALUE && !has_control(&text)).then_some(text)
}

/// Whether a text holds a control character (Unicode general category Cc).
pub(super) fn has_control(text: &str) -> bool {
    if text.is_ascii() {
        text.bytes().any(|byte| byte.is_ascii_control())
    } else {
        text.chars().any(char::is_control)
    }
}
