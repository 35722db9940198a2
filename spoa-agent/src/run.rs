//! From a command line to an agent that serves, and to its end.

use std::fs::File;
use std::io::Read as _;
use std::sync::Arc;
use std::time::SystemTime;

use limits::{Seed, Table};
use policy::session::SessionCache;
use tokio::runtime::Builder;
use tokio::sync::mpsc::Receiver;
use tokio::task::spawn_blocking;
use tokio::time::Duration;
use tracing::{info, warn};

use crate::address::ListenAddress;
use crate::admin::{Admin, Context, RequestCounts};
use crate::args::Args;
use crate::clock::Clock;
use crate::connection::Timeouts;
use crate::decision_log::DecisionLog;
use crate::error::Error;
use crate::lifecycle::{Lifecycle, Phase};
use crate::listener::Listener;
use crate::logging::LogControl;
use crate::open_files;
use crate::reload::{Load, ReloadStatus, Reloader};
use crate::report::Report;
use crate::server::Server;
use crate::service::PolicyService;
use crate::stop::{self, Signals, Stopper};
use crate::systemd::{self, Inherited};

/// How long a file system that hangs may keep the process from ending.
const LAST_WAIT: Duration = Duration::from_secs(1);

/// Serves as `args` say until a signal ends it.
///
/// # Errors
/// What keeps it from starting: nothing listens then.
pub fn serve(args: &Args, log: LogControl) -> Result<(), Error> {
    let started = SystemTime::now();
    open_files::provide_for(args.max_connections);
    let runtime = Builder::new_multi_thread().worker_threads(args.workers).enable_all().build();
    let runtime = runtime.map_err(Error::Start)?;
    let served = runtime.block_on(start(args, log, started));
    runtime.shutdown_timeout(LAST_WAIT);
    served
}

/// Takes over the signals first: one that comes while the policy is compiled must be heard, and SIGHUP must not end the process.
async fn start(args: &Args, log: LogControl, started: SystemTime) -> Result<(), Error> {
    let mut signals = Signals::install().map_err(Error::Start)?;
    let hangups = stop::hangups().map_err(Error::Start)?;
    let wanted = args.clone();
    let prepared = tokio::select! {
        prepared = spawn_blocking(move || Prepared::by(&wanted)) => prepared,
        signal = signals.received() => {
            info!(signal, "stopped before it was ready");
            return Ok(());
        }
    };
    // A panic of the compiler has its place in the log.
    let prepared = prepared.map_err(|_| Error::Defect)??;
    Agent { args, prepared, log, started }.run(signals, hangups).await
}

/// What takes its time before anything listens.
struct Prepared {
    load: Load,
    service: Arc<PolicyService>,
    status: Arc<ReloadStatus>,
    limiter_bytes: usize,
}

impl Prepared {
    fn by(args: &Args) -> Result<Self, Error> {
        let (policy, load) = Load::first(&args.policy)?;
        let limits = Table::new(args.limiter_keys, &Seed::from(random()?))?;
        let sessions = SessionCache::new(args.session_tokens, random()?)?;
        let limiter_bytes = limits.bytes();
        let status = Arc::new(ReloadStatus::of(&policy, &load));
        let log = DecisionLog::new(args.log_decisions);
        let service = Arc::new(PolicyService::new(policy, limits, sessions).logging(log));
        Ok(Self { load, service, status, limiter_bytes })
    }
}

/// What an agent is made of before it listens.
struct Agent<'a> {
    args: &'a Args,
    prepared: Prepared,
    log: LogControl,
    started: SystemTime,
}

impl Agent<'_> {
    async fn run(self, mut signals: Signals, hangups: Receiver<()>) -> Result<(), Error> {
        let Self { args, prepared, log, started } = self;
        let Prepared { load, service, status, limiter_bytes } = prepared;
        let (admin_listeners, listeners) = listen(args).await?;
        let clock = args.clock.map_or(Clock::System, Clock::set_to);
        let timeouts = Timeouts::with_hello(args.hello_timeout).with_end(args.drain_timeout);
        let server = Server::new(Arc::clone(&service), clock, timeouts, args.max_connections);
        let lifecycle = Arc::new(Lifecycle::default());
        let (stopper, stop) = stop::channel();
        // What tells how the end goes on ends last.
        let (last_stopper, last_stop) = stop::channel();
        info!(
            version = env!("CARGO_PKG_VERSION"),
            policy = %args.policy.display(),
            listen = spelled(&listeners),
            admin = spelled(&admin_listeners),
            workers = args.workers,
            max_connections = args.max_connections,
            limiter_keys = args.limiter_keys,
            limiter_bytes,
            "ready"
        );
        let context = Context {
            service: Arc::clone(&service),
            clock,
            connections: server.counts(),
            max_connections: args.max_connections,
            limiter_keys: args.limiter_keys,
            reload: Arc::clone(&status),
            lifecycle: Arc::clone(&lifecycle),
            log: Some(log),
            listen: spelled(&listeners),
            policy: args.policy.clone(),
            started,
            local: admin_listeners.iter().all(Listener::is_local),
            requests: RequestCounts::default(),
        };
        let admin = tokio::spawn(Admin::new(context).run(admin_listeners, last_stop.clone()));
        let reloader = Reloader::new(args.policy.clone(), Arc::clone(&service), Arc::clone(&status), &load);
        tokio::spawn(reloader.run(args.watch, hangups, stop.clone()));
        tokio::spawn(systemd::feed_watchdog(last_stop));
        let reporting = tokio::spawn(Report::default().each_minute(Arc::clone(&service), stop.clone()));
        let serving = tokio::spawn(server.run(listeners, stop));
        lifecycle.enter(Phase::Ready);
        systemd::ready(&status.known().sentence());

        let signal = signals.received().await;
        drain(&lifecycle, &stopper, signal);
        tokio::select! {
            served = serving => {
                served.map_err(|error| Error::Start(error.into()))?;
                reporting.await.map_err(|error| Error::Start(error.into()))?.tell(&service);
                last_stopper.stop();
                let _ = admin.await;
                info!("stopped");
            }
            // Whoever asks twice does not want to wait. The end of the runtime closes all connections.
            signal = signals.received() => warn!(signal, "stopped at once, without a word to HAProxy"),
        }
        Ok(())
    }
}

/// Says first that no more requests should come, and then ends the connections.
fn drain(lifecycle: &Lifecycle, stopper: &Stopper, signal: &str) {
    lifecycle.enter(Phase::Draining);
    info!(signal, "stopping");
    systemd::stopping();
    stopper.stop();
}

/// Opens all addresses, those of administration apart: `systemd` without a name last, wherever it stands, so that it takes what no other
/// option names.
async fn listen(args: &Args) -> Result<(Vec<Listener>, Vec<Listener>), Error> {
    let mut inherited = Inherited::from_env().map_err(Error::Inherited)?;
    let mut order: Vec<_> = args.admin.iter().chain(&args.listen).enumerate().collect();
    order.sort_by_key(|(_, address)| matches!(address, ListenAddress::Systemd(None)));
    let mut opened = Vec::new();
    for (place, address) in order {
        opened.push((place, Listener::open(address, &mut inherited).await?));
    }
    opened.sort_by_key(|(place, _)| *place);
    for name in inherited.left() {
        warn!(name, "nobody answers at a socket that systemd has passed: no --listen or --admin takes it");
    }
    let mut opened = opened.into_iter().map(|(_, listeners)| listeners);
    let admin = match &args.admin {
        Some(address) => check_reach(address, opened.next().unwrap_or_default(), args.admin_anywhere)?,
        None => Vec::new(),
    };
    Ok((admin, opened.flatten().collect()))
}

/// Refuses sockets for administration that other machines can reach, unless that is asked for. Where systemd's sockets are bound is
/// known only now.
fn check_reach(
    address: &ListenAddress,
    listeners: Vec<Listener>,
    anywhere: bool,
) -> Result<Vec<Listener>, Error> {
    match listeners.iter().find(|listener| !anywhere && !listener.is_local()) {
        Some(listener) => Err(Error::AdminAnywhere { address: address.clone(), bound: listener.to_string() }),
        None => Ok(listeners),
    }
}

fn spelled(listeners: &[Listener]) -> String {
    listeners.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// Bytes that nobody can guess, for the seeds of the tables.
fn random<const BYTES: usize>() -> Result<[u8; BYTES], Error> {
    let mut bytes = [0; BYTES];
    File::open("/dev/urandom").and_then(|mut random| random.read_exact(&mut bytes)).map_err(Error::Random)?;
    Ok(bytes)
}
