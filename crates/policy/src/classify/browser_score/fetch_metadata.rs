//! `Sec-Fetch-*` (Fetch Metadata Request Headers, W3C; "Fetch" for destinations and modes). Scripts of a page can set none of them, and
//! what they say has to go together.

use super::Scene;
use super::claim::Engine;
use super::score::Finding;
use crate::facts::BrowserHints;

pub(super) fn judge(scene: &Scene<'_>) -> Finding {
    let BrowserHints { fetch_site, fetch_mode, fetch_dest, .. } = scene.hints;
    let (Some(site), Some(mode), Some(dest)) = (fetch_site, fetch_mode, fetch_dest) else {
        return not_whole(scene);
    };
    if came_before_it(scene) {
        return Finding::contradicts("Fetch metadata of a browser that came before it");
    }
    let (Some(site), Some(mode)) = (Relation::parse(site), Mode::parse(mode)) else {
        return Finding::contradicts("Fetch metadata of no browser");
    };
    judge_whole(scene, site, mode, Dest::parse(dest))
}

fn not_whole(scene: &Scene<'_>) -> Finding {
    let claim = &scene.claim;
    match scene.hints.has_fetch_metadata() {
        false if claim.sends_fetch_metadata() && scene.is_secure() => {
            Finding::lacking("no Fetch metadata, which this browser sends over TLS")
        }
        false => Finding::missing("no Fetch metadata"),
        // Chrome 76 to 79 sent no destination.
        true if matches!(claim.engine, Engine::Chromium { major: 76..80, .. }) => {
            Finding::partly("Fetch metadata without a destination")
        }
        true => Finding::contradicts("Fetch metadata that is not whole"),
    }
}

/// Whether the browser had no Fetch metadata yet. A version that is not known is no such one.
fn came_before_it(scene: &Scene<'_>) -> bool {
    match scene.claim.engine {
        Engine::Chromium { major, .. } => major < 76,
        Engine::Gecko { major } => major < 90,
        Engine::WebKit { version } => version > (0, 0) && version < (16, 4),
        Engine::AppleCoreMedia | Engine::Other => false,
    }
}

fn judge_whole(scene: &Scene<'_>, site: Relation, mode: Mode, dest: Dest) -> Finding {
    let hints = scene.hints;
    let navigates = mode == Mode::Navigate;
    if !dest.allows(mode) {
        return Finding::contradicts("a destination that is not fetched in this mode");
    }
    if hints.fetch_user.is_some_and(|user| user != b"?1" || !navigates) {
        return Finding::contradicts("Sec-Fetch-User without a navigation");
    }
    let host = scene.request.host;
    if site == Relation::SameOrigin
        && hints.referer.is_some_and(|referer| !host.is_empty() && !is_on(referer, host))
    {
        return Finding::contradicts("same-origin, with the Referer of another host");
    }
    if dest == Dest::Other || (dest == Dest::Empty && navigates) {
        return Finding::partly("a destination that is not known");
    }
    if site == Relation::None && (!navigates || hints.referer.is_some()) {
        return Finding::partly("nobody's request, and yet a page's");
    }
    if hints.upgrade_insecure_requests.is_some() && !navigates {
        return Finding::partly("asks for an upgrade as only a navigation does");
    }
    if Dest::of_path(scene.request.path).is_some_and(|kind| dest.is_other_part_than(kind)) {
        return Finding::partly("a path of another kind than the destination");
    }
    match dest.is_part_of_a_page() && hints.referer.is_none() {
        true => Finding::mostly("Fetch metadata that goes together, without a Referer"),
        false => Finding::agrees("Fetch metadata that goes together"),
    }
}

/// Whether a URL is on this host and port.
fn is_on(url: &[u8], host: &[u8]) -> bool {
    let rest = url.strip_prefix(b"https://").or_else(|| url.strip_prefix(b"http://"));
    let authority = rest.and_then(|rest| rest.split(|byte| matches!(byte, b'/' | b'?')).next());
    let without_default_port = |authority| {
        let authority: &[u8] = authority;
        authority.strip_suffix(b":443").or_else(|| authority.strip_suffix(b":80")).unwrap_or(authority)
    };
    authority.is_some_and(|on| without_default_port(on).eq_ignore_ascii_case(without_default_port(host)))
}

/// `Sec-Fetch-Site`: how far from each other are the page that asks and what it asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Relation {
    /// A person asks, not a page.
    None,
    SameOrigin,
    SameSite,
    CrossSite,
}

impl Relation {
    fn parse(value: &[u8]) -> Option<Self> {
        match value {
            b"none" => Some(Self::None),
            b"same-origin" => Some(Self::SameOrigin),
            b"same-site" => Some(Self::SameSite),
            b"cross-site" => Some(Self::CrossSite),
            _ => None,
        }
    }
}

/// `Sec-Fetch-Mode`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Navigate,
    NoCors,
    Cors,
    SameOrigin,
    WebSocket,
}

impl Mode {
    fn parse(value: &[u8]) -> Option<Self> {
        match value {
            b"navigate" => Some(Self::Navigate),
            b"no-cors" => Some(Self::NoCors),
            b"cors" => Some(Self::Cors),
            b"same-origin" => Some(Self::SameOrigin),
            b"websocket" => Some(Self::WebSocket),
            _ => None,
        }
    }
}

/// `Sec-Fetch-Dest`: what becomes of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dest {
    Document,
    Plugin,
    Image,
    Media,
    Style,
    Script,
    Font,
    Worker,
    Manifest,
    /// A script's own fetch.
    Empty,
    /// One that is rare, or new.
    Other,
}

impl Dest {
    fn parse(value: &[u8]) -> Self {
        match value {
            b"document" | b"iframe" | b"frame" | b"fencedframe" => Self::Document,
            b"embed" | b"object" => Self::Plugin,
            b"image" => Self::Image,
            b"audio" | b"video" | b"track" => Self::Media,
            b"style" => Self::Style,
            b"script" | b"audioworklet" | b"paintworklet" | b"json" => Self::Script,
            b"font" => Self::Font,
            b"worker" | b"sharedworker" | b"serviceworker" => Self::Worker,
            b"manifest" => Self::Manifest,
            b"empty" | b"websocket" => Self::Empty,
            _ => Self::Other,
        }
    }

    /// What the name of a file promises.
    fn of_path(path: &[u8]) -> Option<Self> {
        let dot = memchr::memrchr(b'.', path)?;
        match path.get(dot.saturating_add(1)..)? {
            b"jpg" | b"jpeg" | b"png" | b"gif" | b"webp" | b"avif" | b"svg" | b"ico" => Some(Self::Image),
            b"mp4" | b"webm" | b"ogv" | b"ogg" | b"oga" | b"mp3" | b"vtt" => Some(Self::Media),
            b"css" => Some(Self::Style),
            b"js" | b"mjs" => Some(Self::Script),
            b"woff" | b"woff2" | b"ttf" => Some(Self::Font),
            _ => None,
        }
    }

    /// Whether something of this destination is fetched in this mode.
    fn allows(self, mode: Mode) -> bool {
        match self {
            Self::Document => mode == Mode::Navigate,
            Self::Plugin => matches!(mode, Mode::Navigate | Mode::NoCors),
            Self::Empty | Self::Other => true,
            Self::Image
            | Self::Media
            | Self::Style
            | Self::Script
            | Self::Font
            | Self::Worker
            | Self::Manifest => !matches!(mode, Mode::Navigate | Mode::WebSocket),
        }
    }

    fn is_part_of_a_page(self) -> bool {
        matches!(self, Self::Image | Self::Media | Self::Style | Self::Script | Self::Font)
    }

    /// Whether both are parts of pages, and not of one kind. Safari shows films as images.
    fn is_other_part_than(self, kind: Self) -> bool {
        let pictures = |dest| matches!(dest, Self::Image | Self::Media);
        self.is_part_of_a_page() && self != kind && !(pictures(self) && pictures(kind))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_compared_without_its_default_port() {
        assert!(
            is_on(b"https://example.org/a", b"Example.org")
                && is_on(b"https://example.org", b"example.org:443")
        );
        assert!(
            !is_on(b"https://example.org.evil.example/", b"example.org")
                && !is_on(b"example.org", b"example.org")
        );
    }
}
