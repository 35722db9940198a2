//! What the cases are run against: the VMOD and the agent, built by cargo.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::Error;

/// The files that a case refers to by macro.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifacts {
    /// `libvmod_provenance.so`.
    pub vmod: PathBuf,
    /// The binary `spoa-agent`.
    pub agent: PathBuf,
}

impl Artifacts {
    /// Has cargo build them into `target`, optimised as this crate itself was.
    ///
    /// The whole workspace, so that features are the same as in every other build and nothing is compiled twice.
    /// A dev-dependency would not do: cargo builds no binary for one, and warns of a library that Rust cannot link.
    /// No other cargo holds the build lock while tests run.
    ///
    /// # Errors
    ///
    /// [`Error::Build`] where cargo fails, [`Error::NotBuilt`] where its messages do not name a file.
    pub fn build(repo: &Path, target: &Path) -> Result<Self, Error> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let profile = if cfg!(debug_assertions) { "dev" } else { "release" };
        let output = Command::new(cargo)
            .args(["build", "--quiet", "--workspace", "--profile", profile])
            .args(["--message-format=json-render-diagnostics", "--target-dir"])
            .arg(target)
            .current_dir(repo)
            .stderr(Stdio::inherit())
            .output()
            .map_err(|_| Error::Build)?;
        if !output.status.success() {
            return Err(Error::Build);
        }
        Self::from_messages(&String::from_utf8_lossy(&output.stdout))
    }

    /// Reads cargo's messages, one JSON object a line (The Cargo Book, "External tools").
    fn from_messages(messages: &str) -> Result<Self, Error> {
        let (mut vmod, mut agent) = (None, None);
        for line in messages.lines() {
            let Ok(message) = serde_json::from_str::<Value>(line) else { continue };
            vmod = vmod.or_else(|| file(&message, "vmod_provenance", "cdylib"));
            agent = agent.or_else(|| file(&message, "spoa-agent", "bin"));
        }
        Ok(Self {
            vmod: vmod.ok_or(Error::NotBuilt("libvmod_provenance.so"))?,
            agent: agent.ok_or(Error::NotBuilt("spoa-agent"))?,
        })
    }
}

/// The file of a `compiler-artifact` message for the target of this name and kind.
fn file(message: &Value, name: &str, kind: &str) -> Option<PathBuf> {
    let target = message.get("target")?;
    let is_kind = target.get("kind")?.as_array()?.iter().any(|each| each == kind);
    if message.get("reason")? != "compiler-artifact" || target.get("name")? != name || !is_kind {
        return None;
    }
    let mut files = message.get("filenames")?.as_array()?.iter().filter_map(Value::as_str).map(PathBuf::from);
    // A library that is an rlib as well has both in one message.
    files.find(|file| kind == "bin" || file.extension().is_some_and(|extension| extension == "so"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const VMOD: &str = r#"{"reason":"compiler-artifact","target":{"kind":["cdylib","rlib"],"name":"vmod_provenance"},"filenames":["/t/libvmod_provenance.rlib","/t/libvmod_provenance.so"]}"#;
    const AGENT: &str = r#"{"reason":"compiler-artifact","target":{"kind":["bin"],"name":"spoa-agent"},"filenames":["/t/spoa-agent"]}"#;
    const AGENTS_BUILD_SCRIPT: &str = r#"{"reason":"compiler-artifact","target":{"kind":["custom-build"],"name":"spoa-agent"},"filenames":["/t/build"]}"#;

    #[test]
    fn takes_the_shared_object_and_the_binary_from_cargos_messages() {
        let messages =
            format!("{AGENTS_BUILD_SCRIPT}\n{VMOD}\nnot json\n{AGENT}\n{{\"reason\":\"build-finished\"}}");
        let expected = Artifacts { vmod: "/t/libvmod_provenance.so".into(), agent: "/t/spoa-agent".into() };
        assert_eq!(Artifacts::from_messages(&messages).unwrap(), expected);
    }

    #[test]
    fn names_what_cargo_did_not_build() {
        let missing = |messages: &str| Artifacts::from_messages(messages).unwrap_err().to_string();
        assert_eq!(missing(AGENT), "cargo built no libvmod_provenance.so");
        assert_eq!(missing(VMOD), "cargo built no spoa-agent");
    }
}
