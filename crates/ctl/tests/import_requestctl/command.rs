//! The command, run on a folder of objects that a test makes.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use policy::Policy;
use serde_json::Value;
use tempfile::TempDir;

pub fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/requestctl")
}

/// Runs the command on `folder`, which is what it calls `objects`.
pub fn import(folder: &Path, options: &[&str]) -> Output {
    let name = folder.file_name().unwrap();
    Command::new(env!("CARGO_BIN_EXE_provenancectl"))
        .current_dir(folder.parent().unwrap())
        .args(["import", "requestctl"])
        .arg(name)
        .args(["--at", "2026-11-20T12:00:00Z"])
        .args(options)
        .output()
        .unwrap()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// A folder of objects.
pub struct Folder(TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// With the patterns and ipblocks of the sample, and no action.
    pub fn of_sample() -> Self {
        let folder = Self::new();
        for kind in ["request-patterns", "request-ipblocks"] {
            for tag in std::fs::read_dir(vectors().join("sample").join(kind)).unwrap() {
                for file in std::fs::read_dir(tag.unwrap().path()).unwrap() {
                    let file = file.unwrap().path();
                    let name = file.strip_prefix(vectors().join("sample")).unwrap();
                    folder.write(name.to_str().unwrap(), &std::fs::read_to_string(&file).unwrap());
                }
            }
        }
        folder
    }

    pub fn path(&self) -> PathBuf {
        self.0.path().join("objects")
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// What `--json` prints.
    pub fn import(&self, options: &[&str]) -> Value {
        let output = import(&self.path(), &[options, &["--json"]].concat());
        serde_json::from_slice(&output.stdout).unwrap_or_else(|why| panic!("{why}: {}", stderr(&output)))
    }
}

/// The outcome of an object.
pub fn outcome<'a>(answer: &'a Value, kind: &str, name: &str) -> &'a str {
    let objects = answer["objects"].as_array().unwrap();
    let found = objects.iter().find(|object| object["type"] == kind && object["name"] == name);
    found.unwrap_or_else(|| panic!("no {kind} {name}"))["outcome"].as_str().unwrap()
}

/// Compiles the files of an answer; with `enforced`, as if the policy were not in shadow.
pub fn compile(answer: &Value, enforced: bool) -> Policy {
    let folder = tempfile::tempdir().unwrap();
    for file in answer["files"].as_array().unwrap() {
        let path = folder.path().join(file["name"].as_str().unwrap());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let text = file["text"].as_str().unwrap();
        let shadow = if enforced { "\nshadow: false\n" } else { "\nshadow: true\n" };
        std::fs::write(path, text.replacen("\nshadow: true\n", shadow, 1)).unwrap();
    }
    Policy::load(&folder.path().join("policy.yaml")).unwrap_or_else(|why| panic!("{why}"))
}
