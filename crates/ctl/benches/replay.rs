//! What a replay costs: `cargo bench -p ctl --bench replay`. Each line is the best of a few rounds over the same log of a million
//! requests, in lines a second of wall clock and of CPU time, and its ratio to awk that counts user agents in the same file, which is the
//! least that anybody would do with it.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark reports to a person"
)]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use ctl::replay::format::Wanted;
use ctl::replay::source::Source;
use ctl::replay::{Engine, Judge, Settings};
use flate2::write::GzEncoder;
use indicatif::ProgressBar;
use policy::Policy;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

const LINES: u32 = 1_000_000;
const ROUNDS: u32 = 3;

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0";
const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
/// What asks, about as often as it does.
const USER_AGENTS: [&str; 10] = [
    FIREFOX,
    CHROME,
    CHROME,
    CHROME,
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "python-requests/2.32.3",
    "ExampleBot/2.1 (https://example.org/bot; bot@example.org)",
    "okhttp/4.12.0",
    "curl/8.5.0",
];

fn main() {
    let folder = std::env::temp_dir().join(format!("provenance-bench-{}", std::process::id()));
    fs::create_dir(&folder).unwrap();
    let log = Log::new(LINES);
    let path = |name: &str| folder.join(name);
    fs::write(path("combined"), &log.combined).unwrap();
    fs::write(path("haproxy"), &log.haproxy).unwrap();
    fs::write(path("json"), &log.json).unwrap();
    fs::write(path("combined.gz"), gzip(log.combined.as_bytes())).unwrap();
    fs::write(path("combined.zst"), compress_to_vec(log.combined.as_bytes(), CompressionLevel::Fastest))
        .unwrap();

    println!("{LINES} requests, {} bytes a line in format combined", log.combined.len() / LINES as usize);
    let awk = best(|| awk(&path("combined")));
    awk.print("awk counts user agents", &awk);
    for (what, file, against) in [
        ("replay of combined", "combined", false),
        ("  against another policy", "combined", true),
        ("  gzip", "combined.gz", false),
        ("  zstd", "combined.zst", false),
        ("replay of haproxy, with captures", "haproxy", false),
        ("replay of json", "json", false),
    ] {
        best(|| replay(&path(file), against)).print(what, &awk);
    }
    fs::remove_dir_all(&folder).unwrap();
}

/// Seconds of one run.
#[derive(Clone, Copy)]
struct Cost {
    wall: f64,
    cpu: f64,
}

impl Cost {
    fn print(&self, what: &str, floor: &Self) {
        let rate = |seconds: f64| f64::from(LINES) / seconds;
        println!(
            "{what:<34} {:>10.0} lines/s   {:>10.0} lines/s of CPU time   {:5.2} of awk",
            rate(self.wall),
            rate(self.cpu),
            floor.cpu / self.cpu
        );
    }
}

/// The cheapest of a few runs; a run returns its CPU time where it is not this process's.
fn best(mut run: impl FnMut() -> Option<f64>) -> Cost {
    let mut best = Cost { wall: f64::INFINITY, cpu: f64::INFINITY };
    for _ in 0..ROUNDS {
        let (begun, before) = (Instant::now(), cpu_time("/proc/self/stat", 13));
        let other = run();
        let cost = Cost {
            wall: begun.elapsed().as_secs_f64(),
            cpu: other.unwrap_or_else(|| cpu_time("/proc/self/stat", 13) - before),
        };
        best = Cost { wall: best.wall.min(cost.wall), cpu: best.cpu.min(cost.cpu) };
    }
    best
}

/// User and system time of a process, or with the 15th field on of its children, in seconds (proc_pid_stat(5)).
fn cpu_time(stat: &str, first: usize) -> f64 {
    /// `sysconf(_SC_CLK_TCK)` on every Linux.
    const TICKS: f64 = 100.0;
    let stat = fs::read_to_string(stat).unwrap();
    let after_name = stat.rsplit_once(')').unwrap().1;
    // The name and what stands before it are two fields.
    let fields = after_name.split_whitespace().skip(first - 2).take(2);
    fields.map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() / TICKS
}

fn replay(log: &Path, against: bool) -> Option<f64> {
    let policy = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy/policy.yaml");
    let judge = || Judge::new(Policy::load(&policy).unwrap(), 1_000_000).unwrap();
    let settings = Settings {
        format: Wanted::Auto,
        captures: vec!["host".into(), "user-agent".into()],
        host: Vec::new(),
        assume_user_agent: None,
        utc_offset: Default::default(),
        as_of: None,
    };
    let sources = vec![Source::find(log).unwrap()];
    let mut engine = Engine::new(judge(), against.then(judge), settings, sources);
    engine.run(&ProgressBar::hidden()).unwrap();
    assert_eq!(engine.logs()[0].judged, u64::from(LINES));
    None
}

fn awk(log: &Path) -> Option<f64> {
    let before = cpu_time("/proc/self/stat", 15);
    let status = Command::new("awk")
        .args(["-F\"", "{ n[$6]++ } END { for (k in n) print n[k], k }"])
        .arg(log)
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
    Some(cpu_time("/proc/self/stat", 15) - before)
}

/// The same requests in three formats.
struct Log {
    combined: String,
    haproxy: String,
    json: String,
}

impl Log {
    /// A day of a site: 50,000 addresses, a few with many requests, thumbnails of 20,000 files.
    fn new(lines: u32) -> Self {
        let (mut combined, mut haproxy, mut json) = (String::new(), String::new(), String::new());
        let mut random = 1_u64;
        for n in 0..lines {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let draw = random >> 33;
            let user_agent = USER_AGENTS[usize::try_from(draw).unwrap() % USER_AGENTS.len()];
            let caller = if draw.is_multiple_of(3) { draw % 100 } else { draw % 50_000 };
            let ip = match draw % 10 {
                0 => format!("2001:db8:{:x}::{:x}", caller % 65_536, draw % 7),
                _ => format!("198.{}.{}.{}", 18 + caller / 62_500, caller / 250 % 250, caller % 250),
            };
            let file = draw % 20_000;
            let path = format!(
                "/wikipedia/commons/thumb/{:x}/{:x}4/File_{file}.jpg/{}px-File_{file}.jpg",
                file % 16,
                file % 16,
                120 + draw % 4 * 100
            );
            let second = n / (lines / 86_400).max(1) % 86_400;
            let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
            let clock = format!("{hour:02}:{minute:02}:{second:02}");
            writeln!(combined, "{ip} - - [19/Nov/2026:{clock} +0000] \"GET {path} HTTP/1.1\" 200 {draw} \"https://en.wikipedia.org/\" \"{user_agent}\"").unwrap();
            writeln!(haproxy, "Nov 19 {clock} edge haproxy[812]: {ip}:41234 [19/Nov/2026:{clock}.{:03}] edge cache/varnish 0/0/0/1/1 200 {draw} - - ---- 8/8/0/0/0 0/0 {{upload.wikimedia.org|{user_agent}}} \"GET {path} HTTP/1.1\"", n % 1000).unwrap();
            writeln!(json, "{{\"time\":\"2026-11-19T{clock}Z\",\"ip\":\"{ip}\",\"method\":\"GET\",\"host\":\"upload.wikimedia.org\",\"path\":\"{path}\",\"headers\":{{\"user-agent\":\"{user_agent}\",\"accept\":\"*/*\"}}}}").unwrap();
        }
        Self { combined, haproxy, json }
    }
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut packed, text).unwrap();
    packed.finish().unwrap()
}
