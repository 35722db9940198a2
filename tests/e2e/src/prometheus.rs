//! A Prometheus that scrapes an agent, from the distribution's package.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::chain::repository;
use crate::folder::Folder;
use crate::parts::free_address;
use crate::process::{Process, tied};
use crate::{Error, at};

/// How long it may take until a sample is there.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often is asked whether it is.
const PAUSE: Duration = Duration::from_millis(100);

/// A Prometheus, running; it ends with this value.
#[derive(Debug)]
pub struct Prometheus {
    process: Process,
    address: SocketAddr,
    _folder: Folder,
}

/// The program of this name, `prometheus` or `promtool`: the one that `scripts/setup test` has unpacked, else that on `PATH`.
#[must_use]
pub fn program(name: &str) -> Option<PathBuf> {
    let unpacked = repository().join(".build/prometheus/usr/bin");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = [unpacked].into_iter().chain(std::env::split_paths(&path).collect::<Vec<_>>());
    folders.map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// Runs `promtool` in a folder: whether it was content, and what it said.
///
/// # Errors
/// If it cannot be run.
pub fn promtool(folder: &Path, args: &[&str], input: &str) -> Result<(bool, String), Error> {
    use std::io::Write as _;
    use std::process::Stdio;

    let missing = || std::io::Error::from(std::io::ErrorKind::NotFound);
    let program = program("promtool").ok_or_else(missing).map_err(at("promtool"))?;
    let mut command = Command::new(program);
    command
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().map_err(at("promtool"))?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes()).map_err(at("promtool"))?;
    }
    let output = child.wait_with_output().map_err(at("promtool"))?;
    let said = [output.stdout, output.stderr].concat();
    Ok((output.status.success(), String::from_utf8_lossy(&said).into_owned()))
}

impl Prometheus {
    /// Starts one that scrapes `agent` each second as job `provenance`, and has these rules.
    ///
    /// # Errors
    /// If there is none, or it does not start.
    pub fn start(agent: SocketAddr, rules: &Path) -> Result<Self, Error> {
        let why = || "there is none; scripts/setup test fetches it".to_owned();
        let program =
            program("prometheus").ok_or_else(|| Error::Process { part: "prometheus", why: why() })?;
        let (folder, address) = (Folder::create()?, free_address()?);
        let config = format!(
            "global: {{ scrape_interval: 1s, evaluation_interval: 1s }}\nrule_files: [{}]\nscrape_configs:\n  - job_name: provenance\n    static_configs: [{{ targets: [\"{agent}\"] }}]\n",
            rules.display()
        );
        let file = folder.join("prometheus.yml");
        fs::write(&file, config).map_err(at(&file))?;
        let mut command = tied(&program);
        command.arg(format!("--config.file={}", file.display()));
        command.arg(format!("--storage.tsdb.path={}", folder.join("data").display()));
        command.arg(format!("--web.listen-address={address}"));
        let ready = || {
            get(&format!("http://{address}/-/ready"), None, &[]).is_ok_and(|said| said.contains("is Ready"))
        };
        let process = Process::start("prometheus", &mut command, folder.path(), ready)?;
        Ok(Self { process, address, _folder: folder })
    }

    /// What it answers to a query, now: its results, or what is wrong with the query.
    ///
    /// # Errors
    /// If it does not answer.
    pub fn query(&self, expression: &str) -> Result<Result<Vec<Value>, String>, Error> {
        let answer = self.api("query", Some(expression))?;
        Ok(match answer.pointer("/data/result").and_then(Value::as_array) {
            Some(results) => Ok(results.clone()),
            None => Err(answer.pointer("/error").and_then(Value::as_str).unwrap_or_default().to_owned()),
        })
    }

    /// Waits until a query has a result.
    ///
    /// # Errors
    /// If it has none in time, with what Prometheus printed.
    pub fn await_result(&self, expression: &str) -> Result<Vec<Value>, Error> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let answer = self.query(expression)?;
            if let Ok(results) = &answer
                && !results.is_empty()
            {
                return Ok(results.clone());
            }
            if Instant::now() > deadline {
                let why = format!("no result of {expression}: {answer:?}\n{}", self.process.output());
                return Err(Error::Process { part: "prometheus", why });
            }
            thread::sleep(PAUSE);
        }
    }

    /// Its rules, each with its `name`, `health` and `lastError`.
    ///
    /// # Errors
    /// If it does not answer.
    pub fn rules(&self) -> Result<Vec<Value>, Error> {
        let answer = self.api("rules", None)?;
        let groups = answer.pointer("/data/groups").and_then(Value::as_array).into_iter().flatten();
        Ok(groups.filter_map(|group| group.get("rules")?.as_array()).flatten().cloned().collect())
    }

    fn api(&self, path: &str, query: Option<&str>) -> Result<Value, Error> {
        let answer = get(&format!("http://{}/api/v1/{path}", self.address), query, &[])?;
        Ok(serde_json::from_str(&answer).unwrap_or_default())
    }

    /// The names of all metrics that it knows.
    ///
    /// # Errors
    /// If it does not answer.
    pub fn metrics(&self) -> Result<Vec<String>, Error> {
        let answer = self.api("label/__name__/values", None)?;
        let names = answer.pointer("/data").and_then(Value::as_array).into_iter().flatten();
        Ok(names.filter_map(|name| name.as_str().map(str::to_owned)).collect())
    }
}

/// What `curl` says of a URL; `query` is its parameter of that name.
///
/// # Errors
/// If it gets no answer. An answer with a status that tells of an error is one.
pub fn get(url: &str, query: Option<&str>, headers: &[&str]) -> Result<String, Error> {
    let mut curl = Command::new("curl");
    curl.args(["-sS", "--noproxy", "*", "--max-time", "20"])
        .args(headers.iter().flat_map(|header| ["-H", header]));
    if let Some(query) = query {
        curl.arg("--get").arg("--data-urlencode").arg(format!("query={query}"));
    }
    let output = curl.arg(url).output().map_err(at("curl"))?;
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    match output.status.success() {
        true => Ok(text(&output.stdout)),
        false => Err(Error::Process { part: "curl", why: text(&output.stderr) }),
    }
}
