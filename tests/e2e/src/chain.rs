//! All parts, wired by the configuration that the project ships.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use policy::Policy;
use vtc::Artifacts;

use crate::ask::Ask;
use crate::folder::Folder;
use crate::http::{Answer, RawRequest, is_local};
use crate::log::{Fields, LogSocket};
use crate::origin::Origin;
use crate::parts::{build_once, free_address, start_agent, start_haproxy, start_varnish};
use crate::process::Process;
use crate::setup::Setup;
use crate::{Case, Error};

/// How long it may take until HAProxy has found the agent again.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often is asked whether it has.
const PAUSE: Duration = Duration::from_millis(20);

/// HAProxy, the agent, Varnish and an origin, running; they end with this value.
#[derive(Debug)]
pub struct Chain {
    // Fields are dropped in this order: those that ask before those that are asked.
    haproxy: Process,
    agent: Process,
    varnish: Process,
    log: LogSocket,
    artifacts: Artifacts,
    policy_file: PathBuf,
    folder: Folder,
    /// Where HAProxy listens.
    pub address: SocketAddr,
    /// Where HAProxy listens for clients that say their address by the PROXY protocol.
    pub proxied: SocketAddr,
    /// The policy of the agent and of Varnish.
    pub policy: Policy,
}

impl Chain {
    /// Builds what the project makes and starts all parts.
    ///
    /// # Errors
    /// If a part is missing or does not start, with what it printed.
    pub fn start(setup: &Setup) -> Result<Self, Error> {
        let artifacts = build_once()?;
        let folder = Folder::create()?;
        let origin = Origin::start()?;
        let policy_file = setup.write_policy(folder.path())?;
        let policy = Policy::load(&policy_file)?;
        let log = LogSocket::bind(&folder.join("log.sock"))?;
        let agent = start_agent(&folder, &artifacts, &policy_file, setup.agent_options())?;
        let (varnish, cache) = start_varnish(&folder, &artifacts, &policy_file, origin.address)?;
        let (address, proxied) = (free_address()?, free_address()?);
        let backend = if setup.is_without_varnish() { origin.address } else { cache };
        let haproxy = start_haproxy(&folder, setup, backend, address, proxied)?;
        Ok(Self { haproxy, agent, varnish, log, artifacts, policy_file, folder, address, proxied, policy })
    }

    /// Asks the request of a case; `number` makes an address for one that does not name its own.
    ///
    /// # Errors
    /// If there is no answer.
    pub fn ask(&self, case: &Case, number: usize) -> Result<Answer, Error> {
        let line = format!("{} {} HTTP/1.1", case.method, case.target(&self.policy)?);
        let host = [("Host", case.host.as_bytes())];
        let headers = case.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        let from = case.ip.unwrap_or_else(|| address_of(number));
        RawRequest::new(&case.name, from, &line, host.into_iter().chain(headers)).ask(self.address)
    }

    /// The listener for clients of this address: any but those of loopback say theirs by the PROXY protocol.
    #[must_use]
    pub fn listener(&self, from: IpAddr) -> SocketAddr {
        if is_local(from) { self.address } else { self.proxied }
    }

    /// The fields of the verdict that HAProxy logged for an answer. Of answers over one connection, those of the first that has
    /// not been asked for.
    ///
    /// # Errors
    /// If it logged none.
    pub fn logged(&self, name: &str, answer: &Answer) -> Result<Fields, Error> {
        let client = answer.client;
        let missing = || Error::NotLogged { name: name.to_owned(), client: client.to_string() };
        self.log.fields_of(client).ok_or_else(missing)
    }

    /// The whole line in the place of its fields, for whoever reads logs by tools of a shell.
    ///
    /// # Errors
    /// If it logged none.
    pub fn logged_line(&self, name: &str, answer: &Answer) -> Result<String, Error> {
        let client = answer.client;
        let missing = || Error::NotLogged { name: name.to_owned(), client: client.to_string() };
        self.log.line_of(client).ok_or_else(missing)
    }

    /// Ends the agent as `kill -9` does; HAProxy and Varnish go on.
    pub fn kill_agent(&mut self) {
        self.agent.kill();
    }

    /// Asks the agent to end, and gives its log.
    ///
    /// # Errors
    /// If it does not end.
    pub fn stop_agent(&mut self) -> Result<String, Error> {
        self.agent.terminate()
    }

    /// Keeps the agent from answering, with its connections open.
    ///
    /// # Errors
    /// If it does not run.
    pub fn pause_agent(&mut self) -> Result<(), Error> {
        self.agent.pause()
    }

    /// Lets the agent go on and waits for the first verdict.
    ///
    /// # Errors
    /// If none comes.
    pub fn resume_agent(&mut self) -> Result<(), Error> {
        self.agent.resume()?;
        self.await_verdicts()
    }

    /// Starts the agent anew, with other options, and waits for the first verdict.
    ///
    /// # Errors
    /// If it does not start, or no verdict comes.
    pub fn start_agent(&mut self, options: &[&str]) -> Result<(), Error> {
        self.agent.kill();
        self.agent = start_agent(&self.folder, &self.artifacts, &self.policy_file, options)?;
        self.await_verdicts()
    }

    /// HAProxy takes the agent back when a health check has succeeded, within a second. What is asked for meanwhile is counted by
    /// no limit.
    fn await_verdicts(&self) -> Result<(), Error> {
        let ask = Ask { target: "/robots.txt", ..Ask::browser(Ipv4Addr::LOCALHOST) };
        let deadline = Instant::now() + PATIENCE;
        while ask.send(self)?.header("x-provenance-fallback").is_some() {
            if Instant::now() > deadline {
                let why = "HAProxy does not find it again".to_owned();
                return Err(Error::Process { part: "spoa-agent", why });
            }
            thread::sleep(PAUSE);
        }
        Ok(())
    }

    /// The parts that no longer run.
    pub fn stopped(&mut self) -> Vec<&'static str> {
        let parts = [
            ("haproxy", &mut self.haproxy),
            ("spoa-agent", &mut self.agent),
            ("varnishd", &mut self.varnish),
        ];
        parts.into_iter().filter_map(|(name, part)| (!part.is_running()).then_some(name)).collect()
    }

    /// The folder with configuration, sockets and logs.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// An address on loopback that no other request of a run has.
#[must_use]
pub fn address_of(number: usize) -> Ipv4Addr {
    let [.., high, low] = number.to_be_bytes();
    Ipv4Addr::new(127, 9, high, low)
}

/// The root of the repository.
#[must_use]
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
