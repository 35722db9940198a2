//! How each part is started.

use std::ffi::OsStr;
use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use vtc::Artifacts;

use crate::chain::repository;
use crate::folder::Folder;
use crate::process::{Process, program, tied};
use crate::scenario::FALLBACK;
use crate::setup::Setup;
use crate::{Error, at};

/// Has cargo build the VMOD and the agent, once in this process, into the folder that this program itself was built into.
pub(crate) fn build_once() -> Result<Artifacts, Error> {
    static BUILT: Mutex<Option<Artifacts>> = Mutex::new(None);
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(artifacts) = &*built {
        return Ok(artifacts.clone());
    }
    let program = std::env::current_exe().map_err(at("this program"))?;
    // target/PROFILE/demo, target/PROFILE/deps/schedule-HASH
    let folder = program.parent().unwrap_or(&program);
    let profile = if folder.ends_with("deps") { folder.parent().unwrap_or(folder) } else { folder };
    let artifacts = Artifacts::build(&repository(), profile.parent().unwrap_or(profile))?;
    Ok(built.insert(artifacts).clone())
}

/// An address on loopback where nobody listens.
///
/// # Errors
/// If there is none.
pub fn free_address() -> Result<SocketAddr, Error> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(at("a free port"))?;
    listener.local_addr().map_err(at("a free port"))
}

pub(crate) fn start_agent(
    folder: &Folder,
    artifacts: &Artifacts,
    policy: &Path,
    options: &[impl AsRef<OsStr>],
) -> Result<Process, Error> {
    let socket = folder.join("agent.sock");
    let mut command = tied(&artifacts.agent);
    command.arg("--policy").arg(policy);
    command.arg("--listen").arg(format!("unix@{}", socket.display())).args(options);
    Process::start("spoa-agent", &mut command, folder.path(), || UnixStream::connect(&socket).is_ok())
}

pub(crate) fn start_varnish(
    folder: &Folder,
    artifacts: &Artifacts,
    policy: &Path,
    origin: SocketAddr,
) -> Result<(Process, SocketAddr), Error> {
    let vcl = format!(
        "import provenance from \"{}\";\nbackend origin {{ .host = \"{}\"; .port = \"{}\"; }}\n",
        artifacts.vmod.display(),
        origin.ip(),
        origin.port()
    );
    fs::write(folder.join("local.vcl"), vcl).map_err(at(folder.join("local.vcl")))?;
    let (repository, address) = (repository(), free_address()?);
    let mut command = tied(&program("varnishd"));
    command
        .args(["-F", "-j", "none", "-s", "malloc,32m", "-a"])
        .arg(address.to_string())
        .arg("-n")
        .arg(folder.join("varnish"))
        .arg("-f")
        .arg(repository.join("tests/e2e/edge/default.vcl"))
        .arg("-p")
        .arg(format!("vcl_path={}:{}", folder.path().display(), repository.join("vcl").display()))
        .env("PROVENANCE_POLICY", policy);
    let varnish =
        Process::start("varnishd", &mut command, folder.path(), || TcpStream::connect(address).is_ok())?;
    Ok((varnish, address))
}

pub(crate) fn start_haproxy(
    folder: &Folder,
    setup: &Setup,
    cache: SocketAddr,
    address: SocketAddr,
    proxied: SocketAddr,
) -> Result<Process, Error> {
    let mut command = tied(&program("haproxy"));
    command
        .args(["-db", "-f"])
        .arg(setup.write_haproxy(folder.path(), proxied.port())?)
        .env("PROVENANCE_BIND", address.to_string())
        .env("PROVENANCE_SPOE", setup.write_spoe(folder.path())?)
        .env("PROVENANCE_LOG", folder.join("log.sock"))
        .env("PROVENANCE_FALLBACK", FALLBACK.to_string())
        .env("PROVENANCE_CACHE", cache.to_string())
        .env("PROVENANCE_AGENT", format!("unix@{}", folder.join("agent.sock").display()));
    Process::start("haproxy", &mut command, folder.path(), || TcpStream::connect(address).is_ok())
}
