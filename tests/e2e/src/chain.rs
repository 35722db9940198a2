//! All parts, wired by the configuration that the project ships.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use policy::Policy;
use vtc::Artifacts;

use crate::http::{Answer, RawRequest};
use crate::log::{Fields, LogSocket};
use crate::origin::Origin;
use crate::process::{Process, program, tied};
use crate::scenario::FALLBACK;
use crate::{Case, Error, at};

/// The key that the chain seals with. It never leaves loopback.
const DEMO_KEY: &[u8] = b"a key for the demo, on loopback only";

/// HAProxy, the agent, Varnish and an origin, running; they end with this value.
#[derive(Debug)]
pub struct Chain {
    // Fields are dropped in this order: those that ask before those that are asked.
    haproxy: Process,
    agent: Process,
    varnish: Process,
    log: LogSocket,
    artifacts: Artifacts,
    folder: Folder,
    /// Where HAProxy listens.
    pub address: SocketAddr,
    /// The policy of the agent and of Varnish.
    pub policy: Policy,
}

impl Chain {
    /// Starts all parts; the agent's further options are `agent_options`.
    ///
    /// # Errors
    /// If a part is missing or does not start, with what it printed.
    pub fn start(artifacts: Artifacts, agent_options: &[&str]) -> Result<Self, Error> {
        let folder = Folder::create()?;
        let origin = Origin::start()?;
        write_policy(&folder)?;
        let policy = Policy::load(&folder.path("policy.yaml"))?;
        let log = LogSocket::bind(&folder.path("log.sock"))?;
        let varnish_port = free_port()?;
        let agent = start_agent(&folder, &artifacts, agent_options)?;
        let varnish = start_varnish(&folder, &artifacts, origin.address, varnish_port)?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()?));
        let haproxy = start_haproxy(&folder, varnish_port, address)?;
        Ok(Self { haproxy, agent, varnish, log, artifacts, folder, address, policy })
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

    /// The fields of the verdict that HAProxy logged for an answer.
    ///
    /// # Errors
    /// If it logged none.
    pub fn logged(&self, name: &str, answer: &Answer) -> Result<Fields, Error> {
        let client = answer.client;
        let missing = || Error::NotLogged { name: name.to_owned(), client: client.to_string() };
        self.log.fields_of(client).ok_or_else(missing)
    }

    /// Ends the agent as `kill -9` does; HAProxy and Varnish go on.
    pub fn kill_agent(&mut self) {
        self.agent.kill();
    }

    /// Starts the agent again.
    ///
    /// # Errors
    /// If it does not start.
    pub fn start_agent(&mut self, options: &[&str]) -> Result<(), Error> {
        self.agent = start_agent(&self.folder, &self.artifacts, options)?;
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
        &self.folder.0
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

/// A folder that goes with its value. Its path is short, since a unix socket's may have 107 bytes at most (unix(7)).
#[derive(Debug)]
struct Folder(PathBuf);

impl Folder {
    fn create() -> Result<Self, Error> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("provenance-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::DirBuilder::new().mode(0o700).create(&path).map_err(at(&path))?;
        Ok(Self(path))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed is left for the system's own cleaning of temporary files.
        drop(fs::remove_dir_all(&self.0));
    }
}

fn write_policy(folder: &Folder) -> Result<(), Error> {
    for (from, to) in
        [("tests/e2e/edge/policy.yaml", "policy.yaml"), ("policy/user-agents.yaml", "user-agents.yaml")]
    {
        let from = repository().join(from);
        fs::copy(&from, folder.path(to)).map_err(at(from))?;
    }
    let key = folder.path("demo2026.key");
    let mut file =
        fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&key).map_err(at(&key))?;
    std::io::Write::write_all(&mut file, DEMO_KEY).map_err(at(&key))
}

fn free_port() -> Result<u16, Error> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(at("a free port"))?;
    Ok(listener.local_addr().map_err(at("a free port"))?.port())
}

fn start_agent(folder: &Folder, artifacts: &Artifacts, options: &[&str]) -> Result<Process, Error> {
    let socket = folder.path("agent.sock");
    let mut command = tied(&artifacts.agent);
    command.arg("--policy").arg(folder.path("policy.yaml"));
    command.arg("--listen").arg(format!("unix@{}", socket.display())).args(options);
    Process::start("spoa-agent", &mut command, &folder.0, || UnixStream::connect(&socket).is_ok())
}

fn start_varnish(
    folder: &Folder,
    artifacts: &Artifacts,
    origin: SocketAddr,
    port: u16,
) -> Result<Process, Error> {
    let local = format!(
        "import provenance from \"{}\";\nbackend origin {{ .host = \"{}\"; .port = \"{}\"; }}\n",
        artifacts.vmod.display(),
        origin.ip(),
        origin.port()
    );
    fs::write(folder.path("local.vcl"), local).map_err(at(folder.path("local.vcl")))?;
    let repository = repository();
    let mut command = tied(&program("varnishd"));
    command
        .args(["-F", "-j", "none", "-s", "malloc,32m", "-a"])
        .arg(format!("127.0.0.1:{port}"))
        .arg("-n")
        .arg(folder.path("varnish"))
        .arg("-f")
        .arg(repository.join("tests/e2e/edge/default.vcl"))
        .arg("-p")
        .arg(format!("vcl_path={}:{}", folder.0.display(), repository.join("vcl").display()))
        .env("PROVENANCE_POLICY", folder.path("policy.yaml"));
    Process::start("varnishd", &mut command, &folder.0, || TcpStream::connect(("127.0.0.1", port)).is_ok())
}

fn start_haproxy(folder: &Folder, varnish_port: u16, address: SocketAddr) -> Result<Process, Error> {
    let shipped = repository().join("haproxy");
    let mut command = tied(&program("haproxy"));
    command
        .args(["-db", "-f"])
        .arg(shipped.join("haproxy.cfg"))
        .env("PROVENANCE_BIND", address.to_string())
        .env("PROVENANCE_SPOE", shipped.join("spoe-provenance.conf"))
        .env("PROVENANCE_LOG", folder.path("log.sock"))
        .env("PROVENANCE_FALLBACK", FALLBACK.to_string())
        .env("PROVENANCE_CACHE", format!("127.0.0.1:{varnish_port}"))
        .env("PROVENANCE_AGENT", format!("unix@{}", folder.path("agent.sock").display()));
    Process::start("haproxy", &mut command, &folder.0, || TcpStream::connect(address).is_ok())
}
