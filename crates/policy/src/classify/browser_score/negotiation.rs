//! `Accept`, `Accept-Language` and `Accept-Encoding` (RFC 9110 section 12.5), which each engine spells in its own way and libraries in
//! theirs.

use super::Scene;
use super::claim::Engine;
use super::score::Finding;
use crate::facts::BrowserHints;

/// How every engine begins to ask for a page, byte for byte.
const PAGE: &[u8] = b"text/html,application/xhtml+xml,application/xml;q=0.9,";
/// How every engine asks for a style sheet.
const STYLE: &[u8] = b"text/css,*/*;q=0.1";
/// What libraries ask for, and browsers where they do not know what will come.
const ANYTHING: &[u8] = b"*/*";

pub(super) fn judge_accept(scene: &Scene<'_>) -> Finding {
    let accept = scene.request.headers.accept().unwrap_or_default().trim_ascii();
    if accept.is_empty() {
        return Finding::missing("no Accept, which every browser sends");
    }
    let fits = match scene.hints.fetch_dest {
        None => return without_destination(scene, accept),
        Some(b"document" | b"iframe" | b"frame" | b"fencedframe") => accept.starts_with(PAGE),
        Some(b"image") => accept.starts_with(b"image/"),
        Some(b"style") => accept == STYLE,
        Some(b"video") => accept == ANYTHING || accept.starts_with(b"video/"),
        Some(b"audio") => accept == ANYTHING || accept.starts_with(b"audio/"),
        Some(b"script" | b"worker" | b"sharedworker" | b"serviceworker") => accept == ANYTHING,
        // What a script fetches, it may ask for as it likes; the other destinations differ by engine.
        Some(_) => true,
    };
    match fits {
        true => Finding::agrees("an Accept for what is fetched"),
        false => Finding::contradicts("an Accept for something else than what is fetched"),
    }
}

/// Where a browser does not say what it fetches.
fn without_destination(scene: &Scene<'_>, accept: &[u8]) -> Finding {
    if accept.starts_with(PAGE)
        || accept == STYLE
        || (accept.starts_with(b"image/") && accept.contains(&b','))
    {
        Finding::agrees("an Accept as browsers write it")
    } else if accept == ANYTHING && (scene.hints.referer.is_some() || scene.asks_for_a_range()) {
        Finding::agrees("an Accept as for a part of a page")
    } else {
        Finding::missing("an Accept as libraries write it")
    }
}

pub(super) fn judge_language(hints: &BrowserHints<'_>) -> Finding {
    match hints.accept_language {
        None | Some(b"") => Finding::missing("no Accept-Language, which every browser sends"),
        Some(languages) if begins_with_a_language(languages) => Finding::agrees("a language"),
        Some(_) => Finding::missing("an Accept-Language without a language"),
    }
}

/// Whether the first entry is a language tag (RFC 5646 section 2.1: two or three letters, then subtags) and not `*`.
fn begins_with_a_language(languages: &[u8]) -> bool {
    let letters = languages.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    (2..=3).contains(&letters) && matches!(languages.get(letters), None | Some(b'-' | b',' | b';'))
}

pub(super) fn judge_encoding(scene: &Scene<'_>) -> Finding {
    let Some(codings) = scene.hints.accept_encoding.filter(|codings| !codings.is_empty()) else {
        return Finding::missing("no Accept-Encoding");
    };
    let plays = matches!(scene.hints.fetch_dest, Some(b"audio" | b"video")) || scene.asks_for_a_range();
    if plays && codings.starts_with(b"identity") {
        return Finding::agrees("an Accept-Encoding as players have");
    }
    if codings.starts_with(b"gzip, deflate, br") {
        return judge_brotli(scene, codings);
    }
    match (codings, scene.claim.engine) {
        (b"gzip, deflate", _) if !scene.is_secure() => Finding::agrees("an Accept-Encoding for clear text"),
        (b"br, gzip, deflate", Engine::WebKit { version }) if version < (14, 0) => {
            Finding::agrees("the Accept-Encoding of an older Safari")
        }
        _ => Finding::missing("an Accept-Encoding that is not this browser's"),
    }
}

fn judge_brotli(scene: &Scene<'_>, codings: &[u8]) -> Finding {
    let zstd = codings.split(|byte| *byte == b',').any(|coding| coding.trim_ascii() == b"zstd");
    match (scene.claim.knows_zstd(), zstd) {
        (Some(false), true) => Finding::contradicts("zstd, which this browser does not know"),
        (Some(true), false) => Finding::partly("no zstd, which this browser knows"),
        // Brotli is offered where Fetch metadata is sent: over TLS, and to the own machine.
        _ if !scene.is_secure() && !scene.hints.has_fetch_metadata() => {
            Finding::missing("brotli in clear text, where browsers do not ask for it")
        }
        _ => Finding::agrees("the Accept-Encoding of this browser"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_a_tag_and_no_star() {
        for languages in ["en", "en-US,en;q=0.9", "zh-Hans-CN", "gsw,de;q=0.5", "de;q=1"] {
            assert!(begins_with_a_language(languages.as_bytes()), "{languages}");
        }
        for other in ["*", "", "e", "english", "en US", "-en", "1e"] {
            assert!(!begins_with_a_language(other.as_bytes()), "{other}");
        }
    }
}
