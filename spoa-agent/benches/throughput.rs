//! Decisions a second of an agent on one thread, over pipelined connections. `cargo bench -p spoa-agent`.
//!
//! The agent runs in this process with one worker, and is asked over a unix socket by another thread that sends captured
//! NOTIFY frames in batches. The figure to compare with is that of an agent that decodes each frame and acknowledges it
//! without deciding anything, measured in turns with it: what is between them is the policy.

#![allow(clippy::print_stdout, reason = "the figures are the output")]

use std::error::Error;
use std::io::{Read as _, Write as _};
use std::net::Ipv4Addr;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bytes::BytesMut;
use limits::{Seed, Table};
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

/// What [`Load`] keeps in flight: as many frames on each of so many connections.
const LOADS: [(usize, usize); 3] = [(1, 200), (16, 20), (64, 1)];

/// Reads each message and says nothing.
struct AckOnly;

impl Service for AckOnly {
    fn answer(&self, notify: &Notify<'_>, _: Timestamp, _: &mut AckEncoder<'_>) {
        let _ = std::hint::black_box(check_request::read(notify));
    }
}

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let policy = std::env::var_os("POLICY").map_or_else(|| POLICY.into(), PathBuf::from);
    let deciding = PolicyService::new(Policy::load(&policy)?, Table::new(1_000_000, &Seed::from([7; 16]))?);
    let deciding = Agent::start("decide", deciding)?;
    let acknowledging = Agent::start("ack", AckOnly)?;
    println!("policy {}, {} rounds of {ROUND:?} each, the best of them", policy.display(), ROUNDS);
    println!(
        "{:>11} {:>9} {:>14} {:>14} {:>7}",
        "connections", "in flight", "decisions/s", "ack only/s", "ratio"
    );
    for (connections, in_flight) in LOADS {
        let mut best = [0.0_f64; 2];
        for _ in 0..ROUNDS {
            for (agent, best) in [&deciding, &acknowledging].into_iter().zip(&mut best) {
                *best = best.max(agent.measure(connections, in_flight)?);
            }
        }
        let [decide, ack] = best;
        println!("{connections:>11} {in_flight:>9} {decide:>14.0} {ack:>14.0} {:>7.2}", decide / ack);
    }
    Ok(())
}

/// An agent with one worker, for as long as the process lives.
struct Agent {
    socket: PathBuf,
}

impl Agent {
    fn start(name: &str, service: impl Service) -> Result<Self> {
        let socket =
            std::env::temp_dir().join(format!("spoa-agent-bench-{}-{name}.sock", std::process::id()));
        let server = Server::new(service, Clock::System, Timeouts::with_hello(Duration::from_secs(5)), 1_000);
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let address = ListenAddress::Unix(socket.clone());
        let listener = runtime.block_on(Listener::bind(&address))?;
        std::thread::spawn(move || {
            let (_stopper, stop) = stop::channel();
            runtime.block_on(server.run(vec![listener], stop));
        });
        Ok(Self { socket })
    }

    /// Answers a second, with this many frames in flight on each of so many connections.
    fn measure(&self, connections: usize, in_flight: usize) -> Result<f64> {
        let mut connections = (0..connections)
            .map(|n| Load::connect(&self.socket, n * 977, in_flight))
            .collect::<Result<Vec<_>>>()?;
        let (start, mut answered) = (Instant::now(), 0_u32);
        while start.elapsed() < ROUND {
            for connection in &mut connections {
                connection.ask()?;
            }
            for connection in &mut connections {
                connection.wait_for_answers()?;
                answered += u32::try_from(in_flight)?;
            }
        }
        Ok(f64::from(answered) / start.elapsed().as_secs_f64())
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
    /// Batches of frames, each from other clients.
    batches: Vec<Vec<u8>>,
    next: usize,
    in_flight: usize,
    answers: Vec<u8>,
}

impl Load {
    fn connect(socket: &Path, first_client: usize, in_flight: usize) -> Result<Self> {
        let mut stream = UnixStream::connect(socket)?;
        stream.write_all(&hello()?)?;
        let frames =
            (0..CLIENTS).map(|client| frame(client.wrapping_add(u32::try_from(first_client).unwrap_or(0))));
        let frames = frames.collect::<Result<Vec<_>>>()?;
        let mut load = Self {
            stream,
            batches: frames.chunks_exact(in_flight).take(1_000).map(<[Vec<u8>]>::concat).collect(),
            next: 0,
            in_flight: 1,
            answers: Vec::with_capacity(64 * 1024),
        };
        load.wait_for_answers()?;
        load.in_flight = in_flight;
        Ok(load)
    }

    fn ask(&mut self) -> Result<()> {
        let batch = self.batches.get(self.next % self.batches.len()).map_or(&[][..], Vec::as_slice);
        self.next += 1;
        Ok(self.stream.write_all(batch)?)
    }

    /// Reads until each frame in flight has been answered.
    fn wait_for_answers(&mut self) -> Result<()> {
        let mut missing = self.in_flight;
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
