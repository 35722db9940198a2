//! The policy of the vectors, in a folder where its secrets are as readable as secrets may be.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::case::vectors;

/// Goes with its test.
pub struct PolicyFolder(PathBuf);

impl PolicyFolder {
    /// Makes the folder at `path`.
    pub fn new(path: PathBuf) -> Self {
        let (verdicts, keys) = (vectors(), path.join("keys"));
        let repo = verdicts.ancestors().nth(3).unwrap();
        fs::create_dir_all(&keys).unwrap();
        for from in [verdicts.join("keys"), verdicts.join("../sessions/keys")] {
            for entry in fs::read_dir(from).unwrap() {
                let from = entry.unwrap().path();
                let to = keys.join(from.file_name().unwrap());
                fs::copy(&from, &to).unwrap();
                fs::set_permissions(&to, fs::Permissions::from_mode(0o600)).unwrap();
            }
        }
        fs::create_dir_all(path.join("crawlers")).unwrap();
        for (from, to) in [
            (verdicts.join("policy.yaml"), "policy.yaml"),
            (verdicts.join("crawlers/examplebot.json"), "crawlers/examplebot.json"),
            (repo.join("policy/user-agents.yaml"), "user-agents.yaml"),
        ] {
            fs::copy(from, path.join(to)).unwrap();
        }
        Self(path)
    }

    /// The policy file.
    pub fn policy(&self) -> PathBuf {
        self.0.join("policy.yaml")
    }
}

impl Drop for PolicyFolder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(Path::new(&self.0));
    }
}
