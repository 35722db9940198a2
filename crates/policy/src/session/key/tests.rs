use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use super::*;

/// A file of `tests/bad/session-keys`, whose names tell what is wrong with them.
fn bad(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad/session-keys").join(name)
}

fn told(id: &str, algorithm: Algorithm, origin: Origin, file: &Path) -> String {
    match Key::read(id, algorithm, origin, file) {
        Ok(key) => format!("{key:?}"),
        Err(why) => why.to_string(),
    }
}

#[test]
fn reads_a_public_key_in_pem_and_no_other_file() {
    use Algorithm::{EdDsa, Es256, Rs256};
    let other_kind = "a public key of another kind; expected RSA, P-256 (uncompressed) or Ed25519";
    let no_pem = "not a public key in PEM; expected one block that begins with -----BEGIN PUBLIC KEY-----";
    let private = "it holds a private key; expected the public one";
    for (file, algorithm, expected) in [
        ("ed25519.pem", EdDsa, "Key { id: \"k\", algorithm: EdDsa, .. }"),
        ("p256.pem", Es256, "Key { id: \"k\", algorithm: Es256, .. }"),
        ("p256.pem", EdDsa, "a key of P-256; EdDSA needs a key of Ed25519"),
        ("ed25519.pem", Rs256, "a key of Ed25519; RS256 needs an RSA key"),
        ("rsa-of-1024-bits.pem", Rs256, "an RSA key of 1024 bits; expected 2048 to 8192"),
        ("rsa-of-1024-bits.pem", Es256, "an RSA key; ES256 needs a key of P-256"),
        ("p384.pem", Es256, other_kind),
        ("p256-compressed.pem", Es256, other_kind),
        ("ed448.pem", EdDsa, other_kind),
        ("ed25519-private.pem", EdDsa, private),
        ("ed25519-and-its-private.pem", EdDsa, private),
        ("certificate.pem", Es256, "it holds a certificate; expected the public key alone"),
        ("cut.pem", Es256, no_pem),
        ("not-base64.pem", Es256, no_pem),
        ("jwks.json", Es256, no_pem),
    ] {
        assert_eq!(told("k", algorithm, Origin::Pem, &bad(file)), expected, "{file}");
    }
}

#[test]
fn reads_the_key_of_a_set_that_is_meant_for_this() {
    use Algorithm::{EdDsa, Es256, Rs256};
    let member = |name: &str| {
        format!("the key of this id has no \"{name}\" of the length that its kind needs, in base64url")
    };
    let purpose = |found: &str| {
        format!("the key of this id is for \"{found}\", not for the verification of tokens by this algorithm")
    };
    let other_kind = "a public key of another kind; expected RSA, P-256 (uncompressed) or Ed25519".to_owned();
    for (id, algorithm, expected) in [
        ("absent", EdDsa, "it holds no key of this id".to_owned()),
        ("twice", EdDsa, "it holds 2 keys of this id; expected one".to_owned()),
        ("private", EdDsa, "it holds a private key; expected the public one".to_owned()),
        ("for-encryption", EdDsa, purpose("enc")),
        ("for-signing", EdDsa, purpose("sign")),
        ("of-rs512", Rs256, purpose("RS512")),
        ("secret", Es256, "the key of this id is a secret; expected a public key".to_owned()),
        ("short", EdDsa, member("x")),
        ("without-y", Es256, member("y")),
        ("of-x25519", EdDsa, other_kind),
        ("without-kty", EdDsa, "the key of this id is not a JWK: missing field `kty`".to_owned()),
        ("rsa-of-1024-bits", Rs256, "an RSA key of 1024 bits; expected 2048 to 8192".to_owned()),
        ("rsa-with-exponent-1", Rs256, "an RSA key whose exponent is even, or 1".to_owned()),
        ("rsa-with-an-even-exponent", Rs256, "an RSA key whose exponent is even, or 1".to_owned()),
    ] {
        assert_eq!(told(id, algorithm, Origin::Jwks, &bad("jwks.json")), expected, "{id}");
    }
}

/// What comes of a secret file with this content and mode; the test's name makes the file its own.
fn secret(test: &str, content: &[u8], mode: u32) -> String {
    let file = std::env::temp_dir().join(format!("provenance-session-key-{}-{test}", std::process::id()));
    fs::write(&file, content).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
    let told = told("k", Algorithm::Hs256, Origin::Secret, &file);
    fs::remove_file(&file).unwrap();
    told
}

#[test]
fn a_key_that_others_may_know_is_no_secret() {
    let refused = "it holds a key in PEM or JSON, which others may know; expected the bytes of a secret";
    for file in ["p256.pem", "ed25519-private.pem", "certificate.pem", "jwks.json", "lone-jwk.json"] {
        assert_eq!(secret("public", &fs::read(bad(file)).unwrap(), 0o600), refused, "{file}");
    }
    let behind_white_space = [b"\n\xef\xbb\xbf ".as_slice(), &fs::read(bad("p256.pem")).unwrap()].concat();
    assert_eq!(secret("behind", &behind_white_space, 0o600), refused);
}

#[test]
fn a_secret_is_long_enough_and_not_for_everyone_to_read() {
    let taken = "Key { id: \"k\", algorithm: Hs256, .. }";
    assert_eq!(secret("good", &[b'{'; 32], 0o640), taken);
    assert_eq!(
        secret("readable", &[7; 32], 0o644),
        "readable by everyone (mode 0644); expected a mode such as 0640"
    );
    assert_eq!(secret("short", &[7; 31], 0o600), "31 bytes long; expected at least 32");
}

#[test]
fn algorithm_and_kind_of_file_belong_together() {
    assert_eq!(told("k", Algorithm::Hs256, Origin::Pem, &bad("p256.pem")), "a key of HS256 is a secret");
    assert_eq!(told("k", Algorithm::Hs256, Origin::Jwks, &bad("jwks.json")), "a key of HS256 is a secret");
    let public = "a key of RS256 is public: in pem or jwks";
    assert_eq!(told("k", Algorithm::Rs256, Origin::Secret, &bad("p256.pem")), public);
}
