//! provenancectl as it is run: what it reads, prints and ends with.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what a helper of a test expects holds, or the test has failed"
)]

#[path = "../../../policy/tests/verdicts/case.rs"]
#[allow(dead_code, reason = "the tests of the crate use more of it")]
mod case;
#[path = "../../../policy/tests/verdicts/folder.rs"]
mod folder;

mod ending;
mod explain;
mod keys;
mod replay;
mod shell;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The shipped policy.
fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy/policy.yaml")
}

/// provenancectl, which reads nothing of the environment but the shipped policy.
fn provenancectl(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_provenancectl"));
    command.args(args).env("PROVENANCE_POLICY", shipped()).stdin(Stdio::null());
    command
}

fn run(args: &[&str]) -> Output {
    provenancectl(args).output().unwrap()
}

/// Runs it with this on its standard input.
fn with_input(args: &[&str], input: &[u8]) -> Output {
    let mut command = provenancectl(args);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writing = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().unwrap();
    // What it did not want to read is not the test's business.
    let _ = writing.join().unwrap();
    output
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// A folder that goes with its test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
