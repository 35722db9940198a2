//! What a log does not tell, and what follows from that: nothing of it is to be taken for a fact.

use indicatif::HumanCount;

use crate::replay::Engine;
use crate::replay::format::Format;

/// Headers by which a browser is told from what claims to be one; without them its score means nothing.
const SCORED: [&str; 3] = ["accept", "accept-language", "sec-fetch-mode"];

/// Whether browser scores mean something.
pub(super) fn tells_scores(engine: &Engine) -> bool {
    let mut formats = formats(engine);
    formats.clone().next().is_some()
        && formats.all(|format| SCORED.iter().all(|name| format.has_header(name)))
}

fn formats(engine: &Engine) -> impl Iterator<Item = &Format> + Clone {
    engine.logs().iter().filter_map(|log| log.format.as_ref())
}

/// The gaps, most important first.
pub(super) fn of(engine: &Engine) -> Vec<String> {
    let lacks = |name: &str| formats(engine).any(|format| !format.has_header(name));
    let mut gaps = Vec::new();
    if engine.steps_back() > 0 {
        gaps.push(format!(
            "the order of requests: {} time{} a line is earlier than the one before it by more than a minute, and limits count wrong from there; give the logs in the order of their times",
            HumanCount(engine.steps_back()),
            if engine.steps_back() == 1 { "" } else { "s" }
        ));
    }
    if let Some(assumed) = &engine.settings().assume_user_agent {
        let assumed = crate::replay::untrusted::shown(assumed);
        gaps.push(format!("user agents: where a line has none, all are judged as \"{assumed}\""));
    }
    if formats(engine).any(|format| matches!(format, Format::HaProxy(_))) {
        gaps.push(
            "the end of long headers: HAProxy cuts a capture at its len, and a contact behind that is not seen"
                .to_owned(),
        );
    }
    let cookies = ["cookie", "authorization"].into_iter().any(lacks);
    if cookies {
        gaps.push(
            "sessions and cookie passes: whoever had one (tiers C and, from an abusive network, E) is judged as if without"
                .to_owned(),
        );
    }
    if engine.unknown_hosts() > 0 {
        gaps.push(format!(
            "hosts of {} requests: rules and seals that name a host do not hold for them; --host says which it is",
            HumanCount(engine.unknown_hosts())
        ));
    } else if lacks("host") && !engine.settings().host.is_empty() {
        let host = crate::replay::untrusted::shown(&engine.settings().host);
        gaps.push(format!("hosts: where a line has none, it is taken for {host}"));
    }
    if !tells_scores(engine) && formats(engine).next().is_some() {
        gaps.push(
            "browser scores: of Accept, Accept-Language, Fetch metadata and TLS some are missing, so that limits by score are not to be believed, and who looks like a browser is told by the user agent alone".to_owned(),
        );
    }
    if lacks("referer") {
        gaps.push("Referer: rules for images that ask for one see it absent".to_owned());
    }
    if lacks("origin") {
        gaps.push(
            "CORS preflights, and exemptions by a header: they are judged as any other request".to_owned(),
        );
    }
    if lacks("api-user-agent") {
        gaps.push("Api-User-Agent: scripts in pages that name a contact count as browsers".to_owned());
    }
    if engine.unknown_clients() > 0 {
        gaps.push(format!(
            "clients of {} requests: they came through a proxy that the policy trusts, and the line has no address from X-Forwarded-For; all of them share one limit",
            HumanCount(engine.unknown_clients())
        ));
    }
    if engine.settings().as_of.is_some() {
        gaps.push(
            "the age of seals and tokens at another time: they keep the times that are in them".to_owned(),
        );
    }
    gaps
}
