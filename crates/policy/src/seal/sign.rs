use hmac::Mac as _;

use super::form::encode_into;
use super::message::Message;
use super::strip::{split_query, without};
use super::token::{self, Scope};
use super::verify::{MAX_VALUE, has_control};
use super::{Provenance, source::Source};
use crate::Timestamp;
use crate::facts::host::without_port;

/// A URL to be sealed, and what the seal shall say.
#[derive(Clone, Copy, Debug)]
pub struct SignRequest<'a> {
    /// `http://` or `https://` URL, or a path with or without query, which then needs [`host`](Self::host).
    pub url: &'a str,
    /// Host of a URL that has none, as in the `Host` header.
    pub host: Option<&'a str>,
    /// The site that the URL is made for; `""` leaves the parameter out.
    pub site: &'a str,
    /// The software component that makes the URL; the source must name it.
    pub generator: &'a str,
    /// What is asked for; `""` leaves the parameter out.
    pub format: &'a str,
    /// Name of the source, which sets maximum age and granularity.
    pub source: &'a str,
    /// Scope of the seal; `None`: that of the source.
    pub scope: Option<Scope>,
}

/// Why a URL cannot be sealed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The policy has no key with `sign: true`.
    #[error("no key signs: set sign: true on one of provenance.keys")]
    NoSigningKey,
    /// The policy has no such source.
    #[error("no source {0:?} in provenance.sources")]
    UnknownSource(String),
    /// The source does not name the generator, so that the seal would be stale from the start.
    #[error("the source {source_name:?} does not name the generator {generator:?}")]
    ForeignGenerator {
        /// The source.
        source_name: String,
        /// The generator.
        generator: String,
    },
    /// The value of a field would be refused as malformed.
    #[error("the {0} holds a control character")]
    ControlCharacter(&'static str),
    /// The value of a field would be refused as malformed.
    #[error("the {0} is longer than {MAX_VALUE} bytes")]
    TooLong(&'static str),
    /// The URL names no host and none was given, or one that browsers and proxies might read differently.
    #[error("the URL has no host, or one with more than letters, digits and -._:[]")]
    Host,
    /// URLs of this host carry no provenance, so that the seal would never be looked at.
    #[error(
        "\"{0}\" is none of the hosts in provenance.hosts, so that nobody would look at a seal of its URLs"
    )]
    WithoutProvenance(String),
    /// What stands where the path should is no path: it does not begin with a slash.
    #[error("the URL has no path that begins with \"/\"")]
    Path,
}

impl Provenance {
    /// Seals a URL at the time `now`, rounded down to the granularity of the source. Provenance parameters that it has already
    /// are removed; a fragment stays at the end.
    ///
    /// # Errors
    /// If what would come out were not `valid` at the time `now`; see [`SignError`].
    pub fn sign(&self, request: &SignRequest<'_>, now: Timestamp) -> Result<String, SignError> {
        let key = self.keys.signing().ok_or(SignError::NoSigningKey)?;
        let source = self.source_for(request)?;
        for (field, value) in
            [("site", request.site), ("generator", request.generator), ("format", request.format)]
        {
            if has_control(value) {
                return Err(SignError::ControlCharacter(field));
            }
            if value.len() > MAX_VALUE {
                return Err(SignError::TooLong(field));
            }
        }
        let url = Url::parse(request.url, request.host)?;
        if !self.covers(url.host.as_bytes()) {
            return Err(SignError::WithoutProvenance(url.host.to_owned()));
        }
        let scope = request.scope.unwrap_or(source.scope);
        let ts = source.round_down(now.seconds()).to_string();
        let mut mac = key.mac.clone();
        let message = Message {
            scope,
            host: url.host.as_bytes(),
            path: url.path.as_bytes(),
            site: request.site,
            generator: request.generator,
            format: request.format,
            ts: &ts,
        };
        message.authenticate(&self.rewrites, &mut mac);
        let mut tag = [0; token::MAC_BYTES];
        tag.iter_mut().zip(mac.finalize().into_bytes()).for_each(|(tag, byte)| *tag = byte);
        let mut seal = format!("1{}.{}.{ts}.", scope.letter(), key.id);
        token::encode_mac(&mut seal, tag);
        Ok(self.write_url(&url, request, &seal))
    }

    fn source_for(&self, request: &SignRequest<'_>) -> Result<&Source, SignError> {
        let unknown = || SignError::UnknownSource(request.source.to_owned());
        let source = self.sources.named(request.source).ok_or_else(unknown)?;
        if source.has(request.generator) {
            Ok(source)
        } else {
            Err(SignError::ForeignGenerator {
                source_name: request.source.to_owned(),
                generator: request.generator.to_owned(),
            })
        }
    }

    fn write_url(&self, url: &Url<'_>, request: &SignRequest<'_>, seal: &str) -> String {
        let names = &self.parameters;
        let rest = without(url.before_fragment.as_bytes(), |pair| names.has(pair));
        let mut sealed = String::from_utf8_lossy(&rest).into_owned();
        for (name, value) in [
            (&names.site, request.site),
            (&names.generator, request.generator),
            (&names.format, request.format),
            (&names.seal, seal),
        ] {
            if !value.is_empty() {
                match split_query(sealed.as_bytes()) {
                    None => sealed.push('?'),
                    Some((_, [])) => {}
                    Some(_) => sealed.push('&'),
                }
                encode_into(&mut sealed, name);
                sealed.push('=');
                encode_into(&mut sealed, value);
            }
        }
        sealed + url.fragment
    }
}

/// A URL in the parts that signing needs.
struct Url<'a> {
    host: &'a str,
    path: &'a str,
    /// Everything before the fragment.
    before_fragment: &'a str,
    /// The fragment with its `#`, or nothing.
    fragment: &'a str,
}

impl<'a> Url<'a> {
    fn parse(url: &'a str, given_host: Option<&'a str>) -> Result<Self, SignError> {
        let (before_fragment, fragment) =
            url.split_at_checked(url.find('#').unwrap_or(url.len())).unwrap_or((url, ""));
        let absolute = absolute(before_fragment);
        let (host, target) = match absolute {
            Some(rest) => {
                rest.split_at_checked(rest.find(['/', '?']).unwrap_or(rest.len())).unwrap_or((rest, ""))
            }
            None => (given_host.unwrap_or_default(), before_fragment),
        };
        let path = match target.split('?').next().unwrap_or_default() {
            // RFC 9110 section 4.2.3: asked for as "/".
            "" if absolute.is_some() => "/",
            path => path,
        };
        if !is_authority(host) {
            Err(SignError::Host)
        } else if !path.starts_with('/') {
            Err(SignError::Path)
        } else {
            Ok(Self { host, path, before_fragment, fragment })
        }
    }
}

/// Whether `host` is a name or an address, with or without a port, that browsers and proxies read alike: no user information,
/// no escape, no backslash (which browsers take for a slash), nothing beyond ASCII.
fn is_authority(host: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'[' | b']' | b':');
    host.bytes().all(allowed) && !without_port(host.as_bytes()).is_empty()
}

/// What follows the scheme of an absolute URL.
fn absolute(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once("://")?;
    (scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")).then_some(rest)
}
