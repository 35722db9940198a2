//! Decisions a second of an agent on one thread, over pipelined connections. `cargo bench -p spoa-agent`.
//!
//! The agent runs in this process with one worker, and is asked over a unix socket by another thread that sends captured
//! NOTIFY frames in batches. The figure to compare with is that of an agent that reads each message and acknowledges it
//! without deciding anything, measured in turns with it: what is between them is the policy.
//!
//! Both are given as answers a second of the wall clock, and as answers a second of processor time of the worker, system
//! calls included: what one core would do if the load and the rest of the machine left it alone.

#![allow(clippy::print_stdout, reason = "the figures are the output")]

use std::error::Error;
use std::io::{Read as _, Write as _};
use std::net::Ipv4Addr;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bytes::BytesMut;
use limits::{Seed, Table};
use policy::session::SessionCache;
use policy::{Policy, Timestamp};
use spoa_agent::address::ListenAddress;
use spoa_agent::check_request;
use spoa_agent::clock::Clock;
use spoa_agent::connection::Timeouts;
use spoa_agent::listener::Listener;
use spoa_agent::server::Server;
use spoa_agent::service::{PolicyService, Service};
use spoa_agent::stop;
use spop::{
    AckEncoder, Arg, Capabilities, Frame, HaproxyHello, LENGTH_PREFIX, MaxFrameSize, Notify, NotifyEncoder,
    Split, SupportedVersions, TypedData, split_frame,
};
use tokio::runtime::Builder;

const CAPTURED: &str = include_str!("../../crates/spop/tests/frames/haproxy-2.6.txt");
const POLICY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../policy/policy.yaml");
const MAX: MaxFrameSize = MaxFrameSize::HAPROXY_DEFAULT;

/// How many clients the load consists of: each has its own limit.
const CLIENTS: u32 = 16_384;
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(1);

/// Connections, and frames in flight on each. Without `max-waiting-frames` HAProxy has up to 20 in flight.
const LOADS: [(usize, usize); 3] = [(4, 100), (8, 20), (64, 1)];

/// Reads each message and says nothing.
struct AckOnly;

impl Service for AckOnly {
    fn answer(&self, notify: &Notify<'_>, _: Timestamp, _: &mut AckEncoder<'_>) {
        let _ = std::hint::black_box(check_request::read(notify, policy::Headers::default()));
    }
}

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let policy = std::env::var_os("POLICY").map_or_else(|| POLICY.into(), PathBuf::from);
    let (limits, sessions) =
        (Table::new(1_000_000, &Seed::from([7; 16]))?, SessionCache::new(1_000, [7; 32])?);
    let deciding = PolicyService::new(Policy::load(&policy)?, limits, sessions);
    let agents = [Agent::start("decide", deciding)?, Agent::start("ack-only", AckOnly)?];
    let frames = (0..CLIENTS).map(frame).collect::<Result<Vec<_>>>()?;
    println!("policy {}, best of {ROUNDS} rounds of {ROUND:?} each", policy.display());
    println!("connections  in flight  agent       answers/s  answers/s of processor time");
    for (connections, in_flight) in LOADS {
        let mut best = [Rate::default(); 2];
        for _ in 0..ROUNDS {
            for (agent, best) in agents.iter().zip(&mut best) {
                best.take(agent.measure(&frames, connections, in_flight)?);
            }
        }
        for (agent, rate) in agents.iter().zip(best) {
            println!(
                "{connections:>11} {in_flight:>10}  {:<9} {:>11.0} {:>11.0}",
                agent.name, rate.wall, rate.processor
            );
        }
        let [decide, ack] = best;
        println!(
            "{:>34} {:>11.2} {:>11.2}",
            "ratio",
            decide.wall / ack.wall,
            decide.processor / ack.processor
        );
    }
    Ok(())
}

/// Answers a second.
#[derive(Clone, Copy, Default)]
struct Rate {
    wall: f64,
    processor: f64,
}

impl Rate {
    fn take(&mut self, other: Self) {
        self.wall = self.wall.max(other.wall);
        self.processor = self.processor.max(other.processor);
    }
}

/// An agent with one worker, for as long as the process lives.
struct Agent {
    name: &'static str,
    socket: PathBuf,
}

impl Agent {
    fn start(name: &'static str, service: impl Service) -> Result<Self> {
        let socket =
            std::env::temp_dir().join(format!("spoa-agent-bench-{}-{name}.sock", std::process::id()));
        let server = Server::new(service, Clock::System, Timeouts::with_hello(Duration::from_secs(5)), 1_000);
        let runtime = Builder::new_multi_thread().worker_threads(1).thread_name(name).enable_all().build()?;
        let address = ListenAddress::Unix(socket.clone());
        let listener = runtime.block_on(Listener::bind(&address))?;
        std::thread::spawn(move || {
            let (_stopper, stop) = stop::channel();
            runtime.block_on(server.run(vec![listener], stop));
        });
        Ok(Self { name, socket })
    }

    /// Keeps this many frames in flight on each of so many connections for a round.
    fn measure(&self, frames: &[Vec<u8>], connections: usize, in_flight: usize) -> Result<Rate> {
        let batches: Vec<_> = frames.chunks_exact(in_flight).map(<[Vec<u8>]>::concat).collect();
        let mut loads =
            (0..connections).map(|_| Load::connect(&self.socket, in_flight)).collect::<Result<Vec<_>>>()?;
        let mut batches = batches.iter().cycle();
        let (start, used, mut answered) = (Instant::now(), self.processor_time()?, 0_u32);
        while start.elapsed() < ROUND {
            for (load, batch) in loads.iter_mut().zip(&mut batches) {
                load.stream.write_all(batch)?;
            }
            for load in &mut loads {
                load.wait_for_answers(in_flight)?;
                answered += u32::try_from(in_flight)?;
            }
        }
        let used = self.processor_time()?.saturating_sub(used);
        let answered = f64::from(answered);
        Ok(Rate { wall: answered / start.elapsed().as_secs_f64(), processor: answered / used.as_secs_f64() })
    }

    /// Processor time of the worker so far: the first number of schedstat (proc(5)), in nanoseconds.
    fn processor_time(&self) -> Result<Duration> {
        for task in std::fs::read_dir("/proc/self/task")? {
            let task = task?.path();
            if std::fs::read_to_string(task.join("comm"))?.trim() == self.name {
                let schedstat = std::fs::read_to_string(task.join("schedstat"))?;
                let nanoseconds = schedstat.split(' ').next().ok_or("an empty schedstat")?;
                return Ok(Duration::from_nanos(nanoseconds.parse()?));
            }
        }
        Err("the worker is gone".into())
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.socket);
    }
}

/// One connection of HAProxy's side.
struct Load {
    stream: UnixStream,
    answers: Vec<u8>,
}

impl Load {
    fn connect(socket: &Path, in_flight: usize) -> Result<Self> {
        let mut load =
            Self { stream: UnixStream::connect(socket)?, answers: Vec::with_capacity(in_flight * 512) };
        load.stream.write_all(&hello()?)?;
        load.wait_for_answers(1)?;
        Ok(load)
    }

    /// Reads until so many frames have come.
    fn wait_for_answers(&mut self, mut missing: usize) -> Result<()> {
        self.answers.clear();
        while missing > 0 {
            let mut chunk = [0; 32 * 1024];
            let read = self.stream.read(&mut chunk)?;
            if read == 0 {
                return Err("the agent closed the connection".into());
            }
            self.answers.extend_from_slice(chunk.get(..read).unwrap_or_default());
            let mut rest = &self.answers[..];
            while let Split::Complete { rest: behind, .. } = split_frame(rest, MAX)? {
                rest = behind;
                missing -= 1;
            }
            let left = rest.len();
            self.answers.drain(..self.answers.len() - left);
        }
        Ok(())
    }
}

fn hello() -> Result<BytesMut> {
    let mut bytes = BytesMut::new();
    let hello = HaproxyHello {
        supported_versions: SupportedVersions::new(b"2.0"),
        max_frame_size: MAX.get(),
        capabilities: Capabilities::PIPELINING,
        healthcheck: false,
        engine_id: None,
    };
    hello.encode(&mut bytes, MAX)?;
    Ok(bytes)
}

/// The captured NOTIFY of a browser, as if it came from this client: 329 bytes, 8 arguments, 3 headers, a query.
fn frame(client: u32) -> Result<Vec<u8>> {
    let hex = CAPTURED.lines().find_map(|line| line.strip_prefix("notify ")).ok_or("no NOTIFY captured")?;
    let digits: Vec<u8> = hex.chars().filter_map(|digit| digit.to_digit(16)?.try_into().ok()).collect();
    let bytes: Vec<u8> = digits.as_chunks::<2>().0.iter().map(|[high, low]| high << 4 | low).collect();
    let frame = bytes.get(LENGTH_PREFIX..).ok_or("a NOTIFY without a length")?;
    let Frame::Notify(notify) = Frame::parse(frame)? else { return Err("not a NOTIFY".into()) };
    let message = notify.messages().next().ok_or("no message")??;
    let ip = Ipv4Addr::from(u32::from(Ipv4Addr::new(100, 64, 0, 0)).wrapping_add(client));
    let args = message.args().map(|arg| match arg? {
        Arg { name: name @ b"ip", .. } => Ok(Arg { name, value: TypedData::Ipv4(ip) }),
        other => Ok(other),
    });
    let args = args.collect::<std::result::Result<Vec<_>, spop::Error>>()?;
    let mut bytes = BytesMut::new();
    NotifyEncoder::begin(&mut bytes, client.into(), 1, MAX).message(message.name, args)?;
    Ok(bytes.to_vec())
}
