//! A folder like `/etc/provenance`, for policies of the pages.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use pages::repository;
use policy::{Policy, PolicyError};

/// Whom each policy must name; a fragment leaves it out.
const CONTACT: &str = "contact: { email: noc@example.org, url: \"https://example.org/user-agent-policy\" }\n";
/// A JWK Set for the fragment of docs/sessions.md.
const JWKS: &str = r#"{"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "mw2026b", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;

/// Goes with its test.
pub struct Folder(PathBuf);

impl Folder {
    /// An empty one.
    pub fn new(name: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// One with the classes that ship, the ranges of a crawler, and every key file that the text of a policy names.
    pub fn with_files_of(name: &str, text: &str) -> Self {
        let (folder, policy) = (Self::new(name), repository().join("policy"));
        fs::create_dir_all(folder.path().join("keys")).unwrap();
        fs::create_dir_all(folder.path().join("crawlers")).unwrap();
        for file in ["user-agents.yaml", "crawlers/examplebot.json"] {
            fs::copy(policy.join(file), folder.path().join(file)).unwrap();
        }
        fs::write(folder.path().join("ranges.txt"), "# one a line\n203.0.113.0/24\n").unwrap();
        let names = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '}'));
        for name in names.filter(|name| name.starts_with("keys/")) {
            folder.write_key(name);
        }
        folder
    }

    fn write_key(&self, name: &str) {
        let content = match name.rsplit_once('.') {
            Some((_, "pem")) => {
                fs::read(repository().join("tests/vectors/sessions/keys/rs2026a.pub.pem")).unwrap()
            }
            Some((_, "json")) => JWKS.as_bytes().to_vec(),
            // A secret each: no two files may hold the same one.
            _ => format!("{name:-<32}").into_bytes(),
        };
        let file = self.path().join(name);
        fs::write(&file, content).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

/// A policy of a fragment, which may leave out `version` and `contact`.
pub fn compile(name: &str, fragment: &str) -> Result<Policy, PolicyError> {
    let has = |key: &str| fragment.lines().any(|line| line.starts_with(key));
    let mut text = String::new();
    if !has("version:") {
        text.push_str("version: 1\n");
    }
    if !has("contact:") {
        text.push_str(CONTACT);
    }
    text.push_str(fragment);
    let folder = Folder::with_files_of(name, &text);
    let file = folder.path().join("policy.yaml");
    fs::write(&file, text).unwrap();
    Policy::load(&file)
}
