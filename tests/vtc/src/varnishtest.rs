//! One run of varnishtest.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Artifacts, Case, Error, excerpt, skip_reason};

/// Seconds after which varnishtest gives a case up. A case takes one or two; the rest is for a machine under load.
const TIMEOUT_SECONDS: &str = "60";

/// varnishtest's exit code for a case that lacks a `feature`.
const EXIT_SKIPPED: i32 = 77;

/// Longest folder for temporary files. The sockets of a case lie below it, in `vtc.<pid>.<8 hex digits>/`, and
/// `sun_path` holds 108 bytes.
const MAX_TMPDIR: usize = 56;

/// varnishtest, with what it needs to know for every case.
#[derive(Debug)]
pub struct Varnishtest {
    path: OsString,
    macros: [String; 4],
    repo: PathBuf,
    tmpdir: PathBuf,
    logs: PathBuf,
}

/// How a case ended.
#[derive(Debug)]
pub enum Outcome {
    /// Everything was as expected.
    Passed,
    /// The machine lacks what the case asks for, and this is it.
    Skipped(String),
    /// The log's interesting lines, and where the whole log is.
    Failed(String),
}

impl Varnishtest {
    /// Finds varnishtest: that of `scripts/setup` first, then the system's.
    ///
    /// # Errors
    ///
    /// [`Error::NoVarnishtest`].
    pub fn new(artifacts: &Artifacts, repo: &Path, target: &Path) -> Result<Self, Error> {
        let path = search_path(repo, env::var_os("PATH").unwrap_or_default().as_os_str());
        if !env::split_paths(&path).any(|folder| folder.join("varnishtest").is_file()) {
            return Err(Error::NoVarnishtest);
        }
        let macros = [
            format!("vmod_so=provenance from \"{}\"", artifacts.vmod.display()),
            format!("agent={}", artifacts.agent.display()),
            format!("repo={}", repo.display()),
            // A root that drops to the user vcache could not read the checkout; elsewhere there is no jail anyway.
            "varnishd_args_prepend=-j none".to_owned(),
        ];
        let tmpdir = short_or_else(target.join("tmp"), env::temp_dir);
        Ok(Self { path, macros, repo: repo.to_owned(), tmpdir, logs: target.join("vtc") })
    }

    /// Runs one case and keeps its whole log in `target/vtc/<name>.log`.
    ///
    /// # Errors
    ///
    /// [`Error::File`] where varnishtest cannot be started or the log not be written.
    pub fn run(&self, case: &Case) -> Result<Outcome, Error> {
        let output = self
            .command(case)
            .output()
            .map_err(|source| Error::File { path: "varnishtest".into(), source })?;
        let mut log = String::from_utf8_lossy(&output.stdout).into_owned();
        log.push_str(&String::from_utf8_lossy(&output.stderr));
        let kept = self.keep(case, &log)?;
        Ok(match output.status.code() {
            Some(0) => Outcome::Passed,
            Some(EXIT_SKIPPED) => Outcome::Skipped(skip_reason(&log).to_owned()),
            _ => Outcome::Failed(format!("{}\nwhole log: {}", excerpt(&log), kept.display())),
        })
    }

    fn command(&self, case: &Case) -> Command {
        let mut command = Command::new("varnishtest");
        command.args(["-v", "-t", TIMEOUT_SECONDS]);
        for definition in &self.macros {
            command.args(["-D", definition]);
        }
        command.arg(&case.path).current_dir(&self.repo);
        command.env("PATH", &self.path).env("TMPDIR", &self.tmpdir);
        // Cargo's own libraries are none of varnishd's business.
        command.env_remove("LD_LIBRARY_PATH");
        command
    }

    fn keep(&self, case: &Case, log: &str) -> Result<PathBuf, Error> {
        let path = self.logs.join(format!("{}.log", case.name));
        path.parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::write(&path, log))
            .map_err(|source| Error::File { path: path.clone(), source })?;
        Ok(path)
    }
}

/// PATH with the Varnish of `scripts/setup` in front, and with the folders where distributions keep varnishd and
/// haproxy behind: not everybody's PATH has them.
fn search_path(repo: &Path, path: &OsStr) -> OsString {
    let varnish = repo.join(".build/varnish");
    let folders = [varnish.join("bin"), varnish.join("sbin")]
        .into_iter()
        .chain(env::split_paths(path))
        .chain(["/usr/sbin".into(), "/sbin".into()]);
    // Joining fails on a folder with a colon alone, and that could not be searched anyway.
    env::join_paths(folders).unwrap_or_else(|_| path.to_owned())
}

fn short_or_else(folder: PathBuf, other: impl FnOnce() -> PathBuf) -> PathBuf {
    if folder.as_os_str().len() <= MAX_TMPDIR { folder } else { other() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn searches_the_varnish_of_setup_first_and_sbin_last() {
        let path = search_path(Path::new("/repo"), OsStr::new("/usr/bin:/bin"));
        assert_eq!(path, "/repo/.build/varnish/bin:/repo/.build/varnish/sbin:/usr/bin:/bin:/usr/sbin:/sbin");
    }

    #[test]
    fn leaves_a_target_folder_in_which_socket_names_would_be_too_long() {
        let other = || PathBuf::from("/tmp");
        let longest = PathBuf::from("/".repeat(MAX_TMPDIR));
        assert_eq!(short_or_else(longest.clone(), other), longest);
        assert_eq!(short_or_else("/".repeat(MAX_TMPDIR + 1).into(), other), Path::new("/tmp"));
    }
}
