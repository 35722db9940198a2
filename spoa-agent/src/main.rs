//! `spoa-agent`: reads the command line, compiles the policy, listens, serves. See the library for the rest.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "only this file prints, before there is a log")]

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use limits::{Seed, Table};
use policy::Policy;
use policy::session::SessionCache;
use spoa_agent::args::{Args, Command, HELP};
use spoa_agent::clock::Clock;
use spoa_agent::connection::Timeouts;
use spoa_agent::error::Error;
use spoa_agent::listener::Listener;
use spoa_agent::logging::{self, FILTER_VARIABLE};
use spoa_agent::report::Report;
use spoa_agent::server::Server;
use spoa_agent::service::PolicyService;
use spoa_agent::stop::{self, Signals};
use tokio::runtime::Builder;
use tracing::{info, warn};

/// How the process ends.
enum Exit {
    /// It was asked to stop, or printed what it was asked for.
    Done = 0,
    /// The policy is not valid.
    InvalidPolicy = 1,
    /// The command line makes no sense.
    Usage = 2,
    /// A file could not be read, or an address not listened on.
    Unavailable = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

impl From<&Error> for Exit {
    fn from(error: &Error) -> Self {
        match error {
            Error::Policy(_) => Self::InvalidPolicy,
            Error::ReadPolicy { .. }
            | Error::Limits(_)
            | Error::Sessions(_)
            | Error::Random(_)
            | Error::Listen { .. }
            | Error::Start(_) => Self::Unavailable,
        }
    }
}

fn main() -> ExitCode {
    let exit = match Command::parse(std::env::args_os().skip(1)) {
        Ok(Command::Serve(args)) => start(&args),
        Ok(Command::Help) => {
            print!("{HELP}");
            Exit::Done
        }
        Ok(Command::Version) => {
            println!("spoa-agent {}", env!("CARGO_PKG_VERSION"));
            Exit::Done
        }
        Err(error) => {
            eprintln!("spoa-agent: {error}\n  hint: spoa-agent --help lists the options");
            Exit::Usage
        }
    };
    exit.into()
}

fn start(args: &Args) -> Exit {
    let variable = std::env::var(FILTER_VARIABLE).ok();
    match logging::filter(args.log_level, variable.as_deref()) {
        Ok(filter) => logging::init(filter),
        Err(error) => {
            eprintln!("spoa-agent: {FILTER_VARIABLE}: {error}");
            return Exit::Usage;
        }
    }
    match serve(args) {
        Ok(()) => Exit::Done,
        Err(error) => {
            eprintln!("spoa-agent: {error}");
            Exit::from(&error)
        }
    }
}

fn serve(args: &Args) -> Result<(), Error> {
    let policy = load_policy(&args.policy)?;
    let limits = Table::new(args.limiter_keys, &Seed::from(random()?))?;
    let sessions = SessionCache::new(args.session_tokens, random()?)?;
    let limiter_bytes = limits.bytes();
    let clock = args.clock.map_or(Clock::System, Clock::set_to);
    let timeouts = Timeouts::with_hello(args.hello_timeout);
    let service = Arc::new(PolicyService::new(policy, limits, sessions));
    let server = Server::new(Arc::clone(&service), clock, timeouts, args.max_connections);

    let runtime = Builder::new_multi_thread().worker_threads(args.workers).enable_all().build();
    runtime.map_err(Error::Start)?.block_on(async {
        let mut signals = Signals::install().map_err(Error::Start)?;
        let listeners = listen(args).await?;
        let (stopper, stop) = stop::channel();
        info!(
            version = env!("CARGO_PKG_VERSION"),
            policy = %args.policy.display(),
            listen = listeners.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
            workers = args.workers,
            max_connections = args.max_connections,
            limiter_keys = args.limiter_keys,
            limiter_bytes,
            "ready"
        );
        let told = stop.clone();
        let asked = Arc::clone(&service);
        let reporting = tokio::spawn(async move { Report::default().each_minute(&asked, told).await });
        let serving = tokio::spawn(server.run(listeners, stop));
        let signal = signals.received().await;
        info!(signal, "stopping");
        stopper.stop();
        tokio::select! {
            served = serving => {
                served.map_err(|error| Error::Start(error.into()))?;
                reporting.await.map_err(|error| Error::Start(error.into()))?.tell(&service);
                info!("stopped");
            }
            // Whoever asks twice does not want to wait. The end of the runtime closes all connections.
            signal = signals.received() => warn!(signal, "stopped at once, without a word to HAProxy"),
        }
        Ok(())
    })
}

/// Compiles the policy. That the file itself cannot be read is told apart from what is wrong in it.
fn load_policy(file: &Path) -> Result<Policy, Error> {
    File::open(file).map_err(|source| Error::ReadPolicy { file: file.to_owned(), source })?;
    Ok(Policy::load(file)?)
}

/// Bytes that nobody can guess, for the seeds of the tables.
fn random<const BYTES: usize>() -> Result<[u8; BYTES], Error> {
    let mut bytes = [0; BYTES];
    File::open("/dev/urandom").and_then(|mut random| random.read_exact(&mut bytes)).map_err(Error::Random)?;
    Ok(bytes)
}

async fn listen(args: &Args) -> Result<Vec<Listener>, Error> {
    let mut listeners = Vec::new();
    for address in &args.listen {
        listeners.push(Listener::bind(address).await?);
    }
    Ok(listeners)
}
