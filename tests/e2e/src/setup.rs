//! What the parts are started with.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use crate::chain::repository;
use crate::{Error, at};

/// The key that the demo's policy seals with. It never leaves loopback.
const DEMO_KEY: &[u8] = b"a key for the demo, on loopback only";

/// A policy, options of the agent, and edits of the shipped configuration. The default is the demo's policy and no edit.
#[derive(Clone, Debug)]
pub struct Setup {
    policy: Source,
    agent_options: Vec<String>,
    spoe: Vec<Edit>,
    secrets: Vec<&'static str>,
    without_varnish: bool,
}

/// Where the policy comes from.
#[derive(Clone, Debug)]
enum Source {
    /// A file in `edge`, next to which the demo's key and the shipped classes are put.
    Edge(&'static str),
    /// A file in the repository's folder `policy`, read where it lies.
    Shipped(&'static str),
    /// Sections behind `version` and `contact`; the shipped classes lie next to them.
    Written(String),
}

/// A line of a shipped file and what takes its place.
#[derive(Clone, Debug)]
struct Edit {
    line: &'static str,
    by: String,
}

impl Default for Setup {
    fn default() -> Self {
        Self::edge("policy.yaml")
    }
}

impl Setup {
    /// With a policy of `tests/e2e/edge`.
    #[must_use]
    pub fn edge(file: &'static str) -> Self {
        Self::of(Source::Edge(file))
    }

    /// With a policy of the repository's folder `policy`.
    #[must_use]
    pub fn shipped(file: &'static str) -> Self {
        Self::of(Source::Shipped(file))
    }

    /// With a policy of these sections; `user-agents.yaml` is the name of the shipped classes.
    #[must_use]
    pub fn written(sections: &str) -> Self {
        let contact = "contact: { email: noc@example.org, url: \"https://example.org/policy\" }";
        Self::of(Source::Written(format!("version: 1\n{contact}\n{sections}")))
    }

    fn of(policy: Source) -> Self {
        Self {
            policy,
            agent_options: Vec::new(),
            spoe: Vec::new(),
            secrets: Vec::new(),
            without_varnish: false,
        }
    }

    /// The agent's clock starts at `time`.
    #[must_use]
    pub fn at(mut self, time: &str) -> Self {
        self.agent_options = vec!["--clock".to_owned(), time.to_owned()];
        self
    }

    /// The agent answers by HTTP at this address.
    #[must_use]
    pub fn admin(mut self, address: SocketAddr) -> Self {
        self.agent_options.extend(["--admin".to_owned(), address.to_string()]);
        self
    }

    /// HAProxy waits for a verdict longer than any busy machine takes: for whatever is not about an agent that is slow.
    #[must_use]
    pub fn patient(mut self) -> Self {
        let by = "    timeout     processing 5s".to_owned();
        self.spoe.push(Edit { line: "    timeout     processing 50ms", by });
        self
    }

    /// HAProxy sends no frames longer than this: at its own size no request is too large for one.
    #[must_use]
    pub fn max_frame_size(mut self, bytes: u16) -> Self {
        let line = "    option      var-prefix prov";
        self.spoe.push(Edit { line, by: format!("{line}\n    max-frame-size {bytes}") });
        self
    }

    /// A secret of this name lies next to the policy.
    #[must_use]
    pub fn secret(mut self, name: &'static str) -> Self {
        self.secrets.push(name);
        self
    }

    /// HAProxy asks the origin itself: what HAProxy lets pass is seen as it is.
    #[must_use]
    pub fn without_varnish(mut self) -> Self {
        self.without_varnish = true;
        self
    }

    pub(crate) fn is_without_varnish(&self) -> bool {
        self.without_varnish
    }

    pub(crate) fn agent_options(&self) -> &[String] {
        &self.agent_options
    }

    /// Puts what the policy needs into `folder`; the path of the policy.
    pub(crate) fn write_policy(&self, folder: &Path) -> Result<PathBuf, Error> {
        let file = folder.join("policy.yaml");
        let classes = repository().join("policy/user-agents.yaml");
        fs::copy(&classes, folder.join("user-agents.yaml")).map_err(at(classes))?;
        for name in &self.secrets {
            write_key(&folder.join(name))?;
        }
        match &self.policy {
            Source::Shipped(name) => return Ok(repository().join("policy").join(name)),
            Source::Written(text) => fs::write(&file, text).map_err(at(&file))?,
            Source::Edge(name) => {
                let from = repository().join("tests/e2e/edge").join(name);
                fs::copy(&from, &file).map_err(at(from))?;
                write_key(&folder.join("demo2026.key"))?;
            }
        }
        Ok(file)
    }

    /// The shipped SPOE configuration with the edits, in `folder`; itself, where there is none.
    pub(crate) fn write_spoe(&self, folder: &Path) -> Result<PathBuf, Error> {
        let shipped = repository().join("haproxy/spoe-provenance.conf");
        if self.spoe.is_empty() { Ok(shipped) } else { write_edited(&shipped, &self.spoe, folder) }
    }

    /// The shipped haproxy.cfg with one more listener, which takes the client's address from the PROXY protocol.
    pub(crate) fn write_haproxy(&self, folder: &Path, port: u16) -> Result<PathBuf, Error> {
        let line = "    bind \"${PROVENANCE_BIND-:8080}\"";
        let by = format!("{line}\n    bind 127.0.0.1:{port} accept-proxy");
        write_edited(&repository().join("haproxy/haproxy.cfg"), &[Edit { line, by }], folder)
    }
}

fn write_key(file: &Path) -> Result<(), Error> {
    let mut key =
        fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file).map_err(at(file))?;
    std::io::Write::write_all(&mut key, DEMO_KEY).map_err(at(file))
}

/// Writes a copy of `shipped` into `folder`. Each line to be replaced must be there, and once.
fn write_edited(shipped: &Path, edits: &[Edit], folder: &Path) -> Result<PathBuf, Error> {
    let text = fs::read_to_string(shipped).map_err(at(shipped))?;
    let edited = edited(&text, edits).map_err(|line| Error::Edit { file: shipped.to_owned(), line })?;
    let file = folder.join(shipped.file_name().unwrap_or_default());
    fs::write(&file, edited).map_err(at(&file))?;
    Ok(file)
}

/// The text with its lines replaced, or the line that is not there once.
fn edited(text: &str, edits: &[Edit]) -> Result<String, &'static str> {
    let mut lines: Vec<&str> = text.lines().collect();
    for Edit { line, by } in edits {
        let mut found = lines.iter_mut().filter(|candidate| *candidate == line);
        match (found.next(), found.next()) {
            (Some(only), None) => *only = by,
            _ => return Err(line),
        }
    }
    Ok(lines.join("\n") + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_replaces_the_one_line_and_refuses_where_it_is_missing_or_twice() {
        let edit = || [Edit { line: "  bind a", by: "  bind a\n  bind b".to_owned() }];
        assert_eq!(edited("x\n  bind a\ny\n", &edit()).unwrap(), "x\n  bind a\n  bind b\ny\n");
        assert_eq!(edited("x\n  bind c\n", &edit()), Err("  bind a"));
        assert_eq!(edited("  bind a\n  bind a\n", &edit()), Err("  bind a"));
    }
}
