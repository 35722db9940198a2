//! What the cache must not change.

use std::time::Duration;

use policy::session::SessionStatus;
use policy::{Policy, Timestamp};

use crate::policies::{NOW, cache, load, unchanged, with_cookie};
use crate::vectors::line;

#[test]
fn a_session_ends_with_its_token_however_long_it_is_known() {
    let (policy, cache, line) = (unchanged("default.yaml", "ends"), cache(), line("RS256 by rs2026a"));
    let status = |seconds| {
        let now = NOW.plus(Duration::from_secs(seconds));
        policy.sessions().unwrap().verify(&with_cookie(line.as_bytes()), None, &cache, now).status
    };
    assert_eq!((status(0), status(599)), (SessionStatus::Valid, SessionStatus::Valid));
    assert_eq!((status(600), status(1_000_000)), (SessionStatus::Expired, SessionStatus::Expired));
    assert_eq!(status(0), SessionStatus::Valid);
}

/// What a policy makes of a token that another one let in, with the cache that remembers it.
fn after_reload(token: &str, policy: &Policy, before: &Policy) -> SessionStatus {
    let (cache, line) = (cache(), line(token));
    let status = |policy: &Policy, now: Timestamp| {
        policy.sessions().unwrap().verify(&with_cookie(line.as_bytes()), None, &cache, now).status
    };
    assert_eq!(status(before, NOW), SessionStatus::Valid);
    status(policy, NOW)
}

#[test]
fn a_key_that_is_withdrawn_lets_nobody_in_whom_the_cache_knows() {
    let before = unchanged("default.yaml", "withdrawn-before");
    let withdrawn = load("default.yaml", "withdrawn", |yaml| {
        yaml.lines().filter(|line| !line.contains("id: rs2026a")).map(|line| format!("{line}\n")).collect()
    });
    assert_eq!(after_reload("RS256 by rs2026a", &withdrawn, &before), SessionStatus::UnknownKey);
    let replaced =
        load("default.yaml", "replaced", |yaml| yaml.replace("keys/rs2026a.pub", "keys/rs2026c.pub"));
    assert_eq!(after_reload("RS256 by rs2026a", &replaced, &before), SessionStatus::BadSignature);
}

#[test]
fn a_rule_that_is_added_holds_for_tokens_that_the_cache_knows() {
    let before = unchanged("default.yaml", "rule-before");
    for (rule, expected) in [
        ("issuer: https://x.example", SessionStatus::WrongIssuer),
        ("audience: x", SessionStatus::WrongAudience),
        ("expiry: [end]", SessionStatus::Malformed),
    ] {
        let key = rule.split(':').next().unwrap();
        let after = load("default.yaml", key, |yaml| format!("{yaml}  {rule}\n"));
        assert_eq!(after_reload("HS256 by hs2026", &after, &before), expected, "{rule}");
    }
}

#[test]
fn the_subject_and_class_of_a_known_token_are_those_of_the_policy_that_is_asked() {
    let before = unchanged("default.yaml", "subject-before");
    let after = load("default.yaml", "subject", |yaml| {
        yaml.replace("subject_key: keys/subject", "subject_key: keys/ed2026.pub.pem")
            .replace("[authed-user, ", "[")
    });
    let (cache, line) = (cache(), line("RS256 by rs2026a"));
    let request = with_cookie(line.as_bytes());
    let [first, second] =
        [&before, &after].map(|policy| policy.sessions().unwrap().verify(&request, None, &cache, NOW));
    assert!(first.subject.is_some() && second.subject.is_some() && first.subject != second.subject);
    assert_eq!((first.class, second.class), (Some("authed-user"), None));
}

#[test]
fn debug_output_gives_no_secret_away() {
    let policy = unchanged("default.yaml", "debug");
    let printed = format!("{:?} {:?}", policy.sessions().unwrap(), cache());
    assert!(printed.contains("rs2026a") && printed.contains("SubjectKey(redacted)"), "{printed}");
    assert!(
        !printed.contains("DecodingKey") && !printed.contains("Hmac") && !printed.contains("[7, 7"),
        "{printed}"
    );
}
