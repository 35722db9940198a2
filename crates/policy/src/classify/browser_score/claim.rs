use super::score::Finding;
use crate::classify::user_agent::{MAX_EXAMINED_BYTES, UaClass};

/// What a user agent claims to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Claim {
    class: UaClass,
    pub(super) engine: Engine,
    pub(super) platform: Option<Platform>,
    /// Whether the engine calls itself mobile.
    pub(super) mobile: bool,
    /// The brand that Chromium's client hints name, where the user agent names it too.
    pub(super) brand: Option<&'static str>,
    agrees_with_itself: bool,
}

/// What renders, and its version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Engine {
    /// Chrome, Edge, Opera, Brave, Samsung Internet, ….
    Chromium { major: u16, web_view: bool },
    /// Firefox, Tor Browser, ….
    Gecko { major: u16 },
    /// Safari, and every browser on iOS. The version is Safari's, or the system's in an app.
    WebKit { version: (u16, u16) },
    /// What plays video and sound for Safari and for apps on Apple's systems.
    AppleCoreMedia,
    /// Any other.
    Other,
}

/// Where it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Platform {
    Windows,
    MacOs,
    Ios,
    Android,
    ChromeOs,
    Linux,
}

impl Claim {
    /// In one pass over the words of `user_agent`, of which at most [`MAX_EXAMINED_BYTES`] are read.
    pub(super) fn parse(user_agent: &[u8], class: UaClass) -> Self {
        let examined = user_agent.get(..MAX_EXAMINED_BYTES).unwrap_or(user_agent);
        let mut tokens = Tokens::default();
        let words = examined.split(|byte| matches!(byte, b' ' | b';' | b'(' | b')' | b','));
        words.filter(|word| !word.is_empty()).for_each(|word| tokens.take(word));
        tokens.claim(class)
    }

    /// The finding on the user agent alone.
    pub(super) fn judge(&self) -> Finding {
        if self.class != UaClass::BROWSER {
            Finding::contradicts("the user agent is not a browser's")
        } else if !self.agrees_with_itself {
            Finding::missing("the user agent contradicts itself")
        } else if self.engine == Engine::Other || self.platform.is_none() {
            Finding::partly("a browser's, of an engine or a system that is not known")
        } else {
            Finding::agrees("a browser's")
        }
    }

    /// Whether it sends Fetch metadata whole: Chrome 80, Firefox 90, Safari 16.4 and later.
    pub(super) fn sends_fetch_metadata(&self) -> bool {
        match self.engine {
            Engine::Chromium { major, .. } => major >= 80,
            Engine::Gecko { major } => major >= 90,
            Engine::WebKit { version } => version >= (16, 4),
            Engine::AppleCoreMedia | Engine::Other => false,
        }
    }

    /// Whether it sends `Sec-CH-UA`: Chrome 89, Android's WebView 116 and later.
    pub(super) fn sends_client_hints(&self) -> bool {
        match self.engine {
            Engine::Chromium { major, web_view } => major >= if web_view { 116 } else { 89 },
            Engine::Gecko { .. } | Engine::WebKit { .. } | Engine::AppleCoreMedia | Engine::Other => false,
        }
    }

    /// Whether it knows `zstd`: Chrome 123 and Firefox 126 do; of Safari it depends on the system.
    pub(super) fn knows_zstd(&self) -> Option<bool> {
        match self.engine {
            Engine::Chromium { major, .. } => Some(major >= 123),
            Engine::Gecko { major } => Some(major >= 126),
            Engine::WebKit { version: (1..18, _) } => Some(false),
            Engine::WebKit { .. } | Engine::AppleCoreMedia | Engine::Other => None,
        }
    }
}

/// The words of a user agent that say something.
#[derive(Default)]
struct Tokens {
    mozilla: bool,
    chrome: Option<u16>,
    firefox: Option<u16>,
    gecko_revision: Option<u16>,
    safari_version: Option<(u16, u16)>,
    /// `OS 17_5` of iOS.
    system_version: Option<(u16, u16)>,
    web_kit: Option<u16>,
    says_safari: bool,
    apple_media: bool,
    goanna: bool,
    platform: Option<Platform>,
    mobile: bool,
    web_view: bool,
    brand: Option<(&'static str, Option<u16>)>,
}

impl Tokens {
    fn take(&mut self, word: &[u8]) {
        let (name, version) = match memchr::memchr2(b'/', b':', word).and_then(|at| word.split_at_checked(at))
        {
            Some((name, version)) => (name, version.get(1..).unwrap_or_default()),
            None => (word, &[][..]),
        };
        match name {
            b"Mozilla" => self.mozilla = true,
            b"Chrome" | b"Chromium" | b"HeadlessChrome" => self.chrome = major(version),
            b"Firefox" => self.firefox = major(version),
            b"rv" => self.gecko_revision = major(version),
            b"Goanna" | b"Servo" => self.goanna = true,
            b"Version" => self.safari_version = Some(major_and_minor(version, b'.')),
            b"AppleWebKit" => self.web_kit = major(version),
            b"Safari" => self.says_safari = true,
            b"Mobile" => self.mobile = true,
            b"wv" => self.web_view = true,
            b"AppleCoreMedia" => self.apple_media = true,
            b"Edg" | b"EdgA" => self.brand = Some(("Microsoft Edge", major(version))),
            b"OPR" => self.brand = Some(("Opera", None)),
            b"SamsungBrowser" => self.brand = Some(("Samsung Internet", None)),
            b"YaBrowser" => self.brand = Some(("YaBrowser", None)),
            b"Vivaldi" => self.brand = Some(("Vivaldi", None)),
            b"Windows" => self.platform = Some(Platform::Windows),
            b"Macintosh" => self.platform = Some(Platform::MacOs),
            b"CrOS" => self.platform = Some(Platform::ChromeOs),
            b"Android" => self.platform = Some(Platform::Android),
            // Android says `Linux; Android 10`, ChromeOS `X11; CrOS`: the later word says more.
            b"X11" | b"Linux" => self.platform = self.platform.or(Some(Platform::Linux)),
            b"iPhone" | b"iPad" | b"iPod" => self.platform = Some(Platform::Ios),
            // `CPU iPhone OS 17_5 like Mac OS X`
            _ if name.first().is_some_and(u8::is_ascii_digit)
                && name.contains(&b'_')
                && self.platform == Some(Platform::Ios) =>
            {
                self.system_version = Some(major_and_minor(name, b'_'));
            }
            _ => {}
        }
    }

    fn claim(&self, class: UaClass) -> Claim {
        let engine = self.engine();
        Claim {
            class,
            engine,
            platform: self.platform,
            mobile: self.mobile,
            brand: self.brand.map(|(brand, _)| brand),
            agrees_with_itself: self.agree(engine),
        }
    }

    fn engine(&self) -> Engine {
        if self.apple_media {
            return Engine::AppleCoreMedia;
        }
        if !self.mozilla || self.goanna {
            return Engine::Other;
        }
        match (self.chrome, self.firefox, self.web_kit) {
            (Some(major), None, _) => Engine::Chromium { major, web_view: self.web_view },
            (None, Some(major), _) => Engine::Gecko { major },
            (None, None, Some(_)) => {
                // Every browser on iOS is WebKit's of the system; on the Mac an app does not tell.
                let version = self.safari_version.or(self.system_version).unwrap_or_default();
                Engine::WebKit { version }
            }
            _ => Engine::Other,
        }
    }

    /// Whether the words go together, as those of a user agent do that nobody has made up.
    fn agree(&self, engine: Engine) -> bool {
        match engine {
            Engine::Chromium { major, .. } => {
                // The version of WebKit is frozen at 537.36 since Chrome 27; Edge counts with Chromium.
                self.web_kit == Some(537)
                    && self.says_safari
                    && self.platform != Some(Platform::Ios)
                    && self.brand.is_none_or(|(_, version)| version.is_none_or(|version| version == major))
            }
            Engine::Gecko { major } => {
                // Firefox 110 to 119 kept the revision of 109, lest `rv:11` be read as Internet Explorer.
                let revision = if (110..=119).contains(&major) { 109 } else { major };
                self.platform != Some(Platform::Ios)
                    && self.web_kit.is_none()
                    && matches!(self.gecko_revision, Some(given) if given == revision || given == major)
            }
            Engine::WebKit { .. } | Engine::AppleCoreMedia | Engine::Other => true,
        }
    }
}

/// The number at the start of a version; none where there is none, or no such version.
pub(super) fn major(version: &[u8]) -> Option<u16> {
    /// Digits of a major version; no browser has come to four.
    const MOST: usize = 3;
    let digits = version.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number = version.get(..digits).filter(|digits| (1..=MOST).contains(&digits.len()))?;
    str::from_utf8(number).ok()?.parse().ok()
}

fn major_and_minor(version: &[u8], separator: u8) -> (u16, u16) {
    let mut parts = version.split(|byte| *byte == separator).map(|part| major(part).unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(user_agent: &str) -> Claim {
        Claim::parse(user_agent.as_bytes(), UaClass::BROWSER)
    }

    #[test]
    fn reads_engine_platform_and_brand() {
        let edge = claim(
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile \
             Safari/537.36 EdgA/142.0.0.0",
        );
        assert_eq!(edge.engine, Engine::Chromium { major: 142, web_view: false });
        assert_eq!((edge.platform, edge.mobile), (Some(Platform::Android), true));
        assert_eq!((edge.brand, edge.agrees_with_itself), (Some("Microsoft Edge"), true));
    }

    #[test]
    fn every_browser_on_ios_is_webkit() {
        let version = |engine| match engine {
            Engine::WebKit { version } => version,
            other => panic!("{other:?}"),
        };
        let ios =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
        assert_eq!(version(claim(&format!("{ios} Version/18.1 Mobile/15E148 Safari/604.1")).engine), (18, 1));
        assert_eq!(
            version(claim(&format!("{ios} CriOS/142.0.7444.77 Mobile/15E148 Safari/604.1")).engine),
            (17, 5)
        );
        assert_eq!(version(claim(&format!("{ios} Mobile/15E148")).engine), (17, 5));
    }

    #[test]
    fn notices_words_that_do_not_go_together() {
        for made_up in [
            "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/144.0",
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/605.1.15 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 \
             Safari/537.36 Edg/99.0.0.0",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36",
        ] {
            assert!(!claim(made_up).agrees_with_itself, "{made_up}");
        }
    }

    #[test]
    fn the_frozen_revision_of_firefox_is_its_own() {
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0";
        assert!(claim(firefox).agrees_with_itself);
    }
}
