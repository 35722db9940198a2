use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::*;
use crate::Policy;

const SECTION: &str = "
sessions:
  cookies: [sessionJwt]
  keys: [{ id: k, algorithm: HS256, secret: first }]
  issuer: https://auth.example.org
  audience: media
  leeway: 10s
  rate_class: rlc
  rate_classes: [a, b]
  subject_key: third
";

/// The fingerprint of a section; the test's name makes its folder its own.
fn fingerprint(test: &str, section: &str) -> Fingerprint {
    let folder = std::env::temp_dir().join(format!("provenance-sessions-{}-{test}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    for (name, byte) in [("first", 1), ("second", 2), ("third", 3), ("fourth", 4)] {
        fs::write(folder.join(name), [byte; 32]).unwrap();
        fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o600)).unwrap();
    }
    let contact = "version: 1\ncontact: { email: noc@example.org, url: 'https://example.org/' }";
    fs::write(folder.join("policy.yaml"), format!("{contact}{section}")).unwrap();
    let policy = Policy::load(&folder.join("policy.yaml"));
    fs::remove_dir_all(&folder).unwrap();
    policy.unwrap().sessions.unwrap().fingerprint
}

#[test]
fn the_same_section_read_again_has_the_same_fingerprint() {
    let elsewhere =
        SECTION.replace("[sessionJwt]", "[other]").replace("cookies:", "bearer: false\n  cookies:");
    assert_eq!(fingerprint("first", SECTION), fingerprint("again", SECTION));
    // Where a token stands says nothing about what it is worth.
    assert_eq!(fingerprint("first", SECTION), fingerprint("elsewhere", &elsewhere));
}

#[test]
fn whatever_changes_what_a_token_is_worth_changes_the_fingerprint() {
    let before = fingerprint("before", SECTION);
    for (n, (from, to)) in [
        ("id: k", "id: l"),
        ("secret: first", "secret: second"),
        ("https://auth.example.org", "https://auth.example.net"),
        ("audience: media", "audience: [media, api]"),
        ("  audience: media\n", ""),
        ("leeway: 10s", "leeway: 11s"),
        ("rate_class: rlc", "rate_class: rlx"),
        ("[a, b]", "[b, a]"),
        ("subject_key: third", "subject_key: fourth"),
        ("  leeway", "  expiry: [exp]\n  leeway"),
        ("issuer: https://auth.example.org\n  audience: media", "issuer: [https://auth.example.org, media]"),
    ]
    .into_iter()
    .enumerate()
    {
        let changed = SECTION.replace(from, to);
        assert_ne!(changed, SECTION, "{from}");
        assert_ne!(fingerprint(&format!("changed-{n}"), &changed), before, "{from} → {to}");
    }
}
