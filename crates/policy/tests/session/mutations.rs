//! What nobody signed is never a session.

use std::net::{IpAddr, Ipv4Addr};

use policy::session::SessionStatus;
use proptest::prelude::*;

use crate::policies::{NOW, cache, unchanged, with_cookie};
use crate::vectors::cases;

/// A good token of each algorithm, as the value of a cookie.
fn tokens() -> Vec<String> {
    let cases = cases();
    let names = ["RS256 by rs2026a", "ES256 by es2026", "EdDSA by ed2026", "HS256 by hs2026"];
    let lines = names.map(|name| {
        let (_, case) = cases.iter().find(|(_, case)| case["name"] == name).unwrap();
        case["headers"]["cookie"].as_str().unwrap().strip_prefix("sessionJwt=").unwrap().to_owned()
    });
    lines.into()
}

#[test]
fn a_token_with_one_byte_changed_is_never_valid() {
    let policy = unchanged("default.yaml", "flipped");
    let sessions = policy.sessions().unwrap();
    let cache = cache();
    for token in tokens() {
        for at in 0..token.len() {
            // From an address of its own, lest the table of failures answers instead of the signature.
            let client = Some(IpAddr::from(Ipv4Addr::from(u32::try_from(at).unwrap())));
            for flip in [0x01, 0x02, 0x04, 0x20, 0x80] {
                let mut line = b"sessionJwt=".to_vec();
                line.extend_from_slice(token.as_bytes());
                line[b"sessionJwt=".len() + at] ^= flip;
                let status = sessions.verify(&with_cookie(&line), client, &cache, NOW).status;
                let changed = line.escape_ascii();
                assert_ne!(status, SessionStatus::Valid, "byte {at}, bits {flip:#x}: {changed}");
            }
        }
    }
}

#[test]
fn a_token_that_is_cut_or_lengthened_is_never_valid() {
    let policy = unchanged("default.yaml", "cut");
    let sessions = policy.sessions().unwrap();
    for token in tokens() {
        let cut = (0..token.len()).map(|len| token[..len].to_owned());
        let longer = (0..=255_u8).filter(|byte| !byte.is_ascii_whitespace() && *byte != b';');
        let longer = longer.map(|byte| format!("{token}{}", char::from(byte)));
        for value in cut.chain(longer) {
            let line = format!("sessionJwt={value}");
            let status = sessions.verify(&with_cookie(line.as_bytes()), None, &cache(), NOW).status;
            assert_ne!(status, SessionStatus::Valid, "{value}");
        }
    }
}

#[test]
fn parts_of_different_tokens_make_no_session() {
    let policy = unchanged("default.yaml", "mixed");
    let sessions = policy.sessions().unwrap();
    let tokens = tokens();
    let parts: Vec<Vec<&str>> = tokens.iter().map(|token| token.split('.').collect()).collect();
    let mut mixed = 0;
    for (header, claims, signature) in (0..64).map(|n| (n / 16, n / 4 % 4, n % 4)) {
        // Their claims are the same, so header and signature tell the tokens apart.
        if header != signature {
            let line =
                format!("sessionJwt={}.{}.{}", parts[header][0], parts[claims][1], parts[signature][2]);
            assert_eq!(
                sessions.verify(&with_cookie(line.as_bytes()), None, &cache(), NOW).status,
                SessionStatus::BadSignature
            );
            mixed += 1;
        }
    }
    assert_eq!(mixed, 48);
}

proptest! {
    #[test]
    fn no_bytes_are_a_session_by_themselves(line in prop::collection::vec(any::<u8>(), 0..300), query in "[ -~]{0,80}") {
        let policy = fuzzed();
        let mut headers = policy::Headers::default();
        let cookie = [b"sessionJwt=".as_slice(), &line].concat();
        let authorization = [b"Bearer ".as_slice(), &line].concat();
        headers.record(b"cookie", &cookie);
        headers.record(b"authorization", &authorization);
        let query = format!("token={query}");
        let request = policy::Request { query: Some(query.as_bytes()), headers, ..policy::Request::default() };
        prop_assert_ne!(policy.sessions().unwrap().verify(&request, None, &cache(), NOW).status, SessionStatus::Valid);
    }

    #[test]
    fn no_parts_of_base64_are_a_session_by_themselves(
        header in r#"\{("(alg|kid|crit|x)":("HS256"|"none"|"hs2026"|7|null|\[\]),?){0,4}\}?"#,
        claims in r#"\{("(exp|sxp|sub|nbf|aud)":("a"|[0-9]{1,20}|-1|1e9|\[\]),?){0,4}\}?"#,
        signature in prop::collection::vec(any::<u8>(), 0..70),
    ) {
        use base64::Engine as _;
        let encode = |bytes: &[u8]| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes);
        let [header, claims, signature] = [header.as_bytes(), claims.as_bytes(), &signature].map(encode);
        let line = format!("sessionJwt={header}.{claims}.{signature}");
        let status = fuzzed().sessions().unwrap().verify(&with_cookie(line.as_bytes()), None, &cache(), NOW).status;
        prop_assert_ne!(status, SessionStatus::Valid);
    }
}

/// One policy for all cases of a property.
fn fuzzed() -> &'static policy::Policy {
    static POLICY: std::sync::OnceLock<policy::Policy> = std::sync::OnceLock::new();
    POLICY.get_or_init(|| unchanged("default.yaml", "fuzzed"))
}
