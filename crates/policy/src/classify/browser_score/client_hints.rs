//! `Sec-CH-UA`, `Sec-CH-UA-Mobile` and `Sec-CH-UA-Platform` (User-Agent Client Hints, section 3), which Chromium sends with every
//! request over TLS, and no other engine sends at all.

use super::Scene;
use super::claim::{Engine, Platform, major};
use super::score::Finding;
use crate::facts::BrowserHints;

/// Of the list of brands only this much is read; browsers name three.
const MAX_BYTES: usize = 512;

pub(super) fn judge(scene: &Scene<'_>) -> Finding {
    let (hints, claim) = (scene.hints, &scene.claim);
    let Engine::Chromium { major, web_view } = claim.engine else {
        return match (hints.brands, hints.mobile, hints.platform) {
            (None, None, None) => Finding::silent("this engine has no client hints"),
            _ => Finding::contradicts("client hints of an engine that has none"),
        };
    };
    let Some(brands) = hints.brands else {
        return absent(scene);
    };
    let brands = Brands(brands.get(..MAX_BYTES).unwrap_or(brands));
    if brands.version_of(b"Chromium") != Some(major) {
        return Finding::contradicts("the version in Sec-CH-UA is another");
    }
    if brands.version_of(b"HeadlessChrome").is_some() {
        return Finding::contradicts("Sec-CH-UA names a browser that a program drives");
    }
    let expected = if web_view { Some("Android WebView") } else { claim.brand };
    if expected.is_some_and(|brand| !brands.name(brand.as_bytes())) {
        return Finding::contradicts("the brand in Sec-CH-UA is another");
    }
    let mobile = hints.mobile.map(|hint| hint == mobile(claim.mobile));
    let platform = hints.platform.map(|hint| is_platform(hint, claim.platform));
    match (mobile, platform) {
        (Some(true), Some(true)) => Finding::agrees("client hints as the user agent says"),
        (Some(false), _) => Finding::contradicts("Sec-CH-UA-Mobile is not what the user agent says"),
        (_, Some(false)) => Finding::contradicts("Sec-CH-UA-Platform is not what the user agent says"),
        (None, _) | (_, None) => Finding::partly("client hints that are not complete"),
    }
}

fn absent(scene: &Scene<'_>) -> Finding {
    let BrowserHints { mobile, platform, .. } = scene.hints;
    if mobile.is_some() || platform.is_some() {
        Finding::contradicts("client hints without Sec-CH-UA")
    } else if scene.request.headers.ask_for_permission() {
        // A preflight has none (Fetch standard, "CORS-preflight fetch": its headers are listed there).
        Finding::silent("a preflight has no client hints")
    } else if scene.claim.sends_client_hints() && scene.is_secure() {
        Finding::lacking("no client hints, which this browser sends over TLS")
    } else {
        Finding::missing("no client hints")
    }
}

fn mobile(claimed: bool) -> &'static [u8] {
    if claimed { b"?1" } else { b"?0" }
}

/// Whether the hint may be that of the platform; any may where the user agent names none that is known.
fn is_platform(hint: &[u8], claimed: Option<Platform>) -> bool {
    match claimed {
        Some(Platform::Windows) => hint == b"\"Windows\"",
        Some(Platform::MacOs) => hint == b"\"macOS\"",
        Some(Platform::Android) => hint == b"\"Android\"",
        Some(Platform::ChromeOs) => matches!(hint, b"\"Chrome OS\"" | b"\"Chromium OS\"" | b"\"ChromeOS\""),
        // A telephone that asks for the desktop's page calls itself Linux here and may be honest there.
        Some(Platform::Linux) => matches!(hint, b"\"Linux\"" | b"\"Android\""),
        Some(Platform::Ios) => false,
        None => true,
    }
}

/// `"Chromium";v="142", "Google Chrome";v="142", "Not_A Brand";v="99"`: brands in any order, one of them made up, so that nobody
/// relies on their names.
struct Brands<'a>(&'a [u8]);

impl<'a> Brands<'a> {
    /// The major version of a brand.
    fn version_of(&self, brand: &[u8]) -> Option<u16> {
        let (_, version) = self.list().find(|(name, _)| *name == brand)?;
        major(version)
    }

    /// Whether a brand of this name, or of a longer one that begins with it (`Microsoft Edge WebView2`), is there.
    fn name(&self, brand: &[u8]) -> bool {
        self.list().any(|(name, _)| name.starts_with(brand))
    }

    /// Names and versions without their quotes. The made-up name may hold `,`, `;` or `"` escaped, so that quotes are what is split at.
    fn list(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        let mut quoted = self.0.split(|byte| *byte == b'"').skip(1).step_by(2);
        std::iter::from_fn(move || Some((quoted.next()?, quoted.next()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_brands_in_any_order() {
        let brands =
            Brands(br#""Not;A=Brand";v="8", "Chromium";v="142", "Microsoft Edge WebView2";v="142.0""#);
        assert_eq!(brands.version_of(b"Chromium"), Some(142));
        assert_eq!(brands.version_of(b"Microsoft Edge WebView2"), Some(142));
        assert!(brands.name(b"Microsoft Edge") && !brands.name(b"Opera"));
    }

    #[test]
    fn what_is_no_list_of_brands_names_none() {
        for text in ["", "\"", "Chromium;v=142", "\"Chromium\"", "\"Chromium\";v=142", "\"Chromium\";v=\"x\""]
        {
            assert_eq!(Brands(text.as_bytes()).version_of(b"Chromium"), None, "{text}");
        }
    }
}
