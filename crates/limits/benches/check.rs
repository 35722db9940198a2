//! Nanoseconds a check, and bytes a key: the table beside a `Mutex<HashMap>` of token buckets with `SipHash`,
//! which is what people write first. Both see the same addresses in the same order, in the same run.
//!
//! `cargo bench -p limits`
#![allow(clippy::print_stdout, reason = "the report of a benchmark")]

use std::collections::HashMap;
use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroU32;
use std::sync::{Barrier, Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use limits::{Key, KeyHasher, PrefixLens, Quota, Seed, Table, UnixNanos};

const KEYS: u32 = 1_000_000;
const CHECKS: u32 = 500_000;
const ROUNDS: u32 = 15;
const NOW: u64 = 1_755_000_000_000_000_000;

/// A limiter as its caller sees it: an address and a time in, yes or no out, and a yes taken back.
trait Limiter: Sync {
    fn admits(&self, address: IpAddr, now: u64) -> bool;
    fn refund(&self, address: IpAddr, now: u64);
}

struct Gcra {
    table: Table,
    limit: KeyHasher,
    prefix: PrefixLens,
    quota: Quota,
}

impl Gcra {
    fn new(quota: Quota) -> Option<Self> {
        let table = Table::new(KEYS as usize, &Seed::from([9; 16])).ok()?;
        let limit = table.key_hasher("bench");
        Some(Self { table, limit, prefix: PrefixLens::default(), quota })
    }

    fn key(&self, address: IpAddr) -> Key {
        self.limit.ip(self.prefix.prefix(address)).key()
    }
}

impl Limiter for Gcra {
    fn admits(&self, address: IpAddr, now: u64) -> bool {
        self.table.check(self.key(address), &self.quota, 1, UnixNanos::from_nanos(now)).is_allowed()
    }

    fn refund(&self, address: IpAddr, now: u64) {
        self.table.refund(self.key(address), &self.quota, 1, UnixNanos::from_nanos(now));
    }
}

/// Tokens left, and when they were counted last: after a hold began, its end.
type TokenBucket = (f64, u64);

struct LockedMap {
    buckets: Mutex<HashMap<IpAddr, TokenBucket>>,
    per_nano: f64,
    burst: f64,
    hold: Option<u64>,
}

impl LockedMap {
    fn new(quota: Quota) -> Self {
        let per_nano = 1e-9 / quota.rate().interval().as_secs_f64();
        let hold = quota.hold().and_then(|hold| u64::try_from(hold.as_nanos()).ok());
        Self { buckets: Mutex::default(), per_nano, burst: quota.burst().get().into(), hold }
    }

    fn bytes(&self) -> usize {
        let map = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        map.capacity() / 7 * 8 * (size_of::<(IpAddr, TokenBucket)>() + 1)
    }
}

impl Limiter for LockedMap {
    #[expect(clippy::cast_precision_loss, reason = "a token bucket in floating point, as people write it")]
    fn admits(&self, address: IpAddr, now: u64) -> bool {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let (tokens, counted) = buckets.entry(address).or_insert((self.burst, now));
        if self.hold.is_some() && *counted > now {
            return false;
        }
        *tokens = (*tokens + now.saturating_sub(*counted) as f64 * self.per_nano).min(self.burst);
        *counted = now;
        let admitted = *tokens >= 1.0;
        *tokens -= f64::from(u8::from(admitted));
        if let (false, Some(hold)) = (admitted, self.hold) {
            (*tokens, *counted) = (self.burst, now + hold);
        }
        admitted
    }

    fn refund(&self, address: IpAddr, _now: u64) {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((tokens, _)) = buckets.get_mut(&address) {
            *tokens = (*tokens + 1.0).min(self.burst);
        }
    }
}

/// Which addresses a run of checks sees.
#[derive(Clone, Copy)]
enum Load {
    /// One address, over and over.
    OneKey,
    /// The same, and each request is taken back at once.
    OneKeyRefunded,
    /// All known addresses, in an order that no cache foresees.
    Known,
    /// Addresses that were never seen before.
    New,
}

impl Load {
    fn address(self, thread: u32, check: u32, round: u32) -> IpAddr {
        let number = match self {
            Self::OneKey | Self::OneKeyRefunded => 7,
            Self::Known => (check.wrapping_add(thread * 77_777).wrapping_mul(2_654_435_769) >> 7) % KEYS,
            Self::New => 0x8000_0000 | round << 27 | thread << 26 | check,
        };
        IpAddr::V4(Ipv4Addr::from_bits(number))
    }
}

/// Nanoseconds of wall time for each check, over all threads together.
fn measure(limiter: &impl Limiter, load: Load, threads: u32, round: u32, pace: u64) -> f64 {
    let start = Barrier::new(threads as usize);
    let each = CHECKS / threads;
    let refunded = matches!(load, Load::OneKeyRefunded);
    let run = |thread| {
        start.wait();
        let began = Instant::now();
        for check in 0..each {
            let now = NOW + u64::from(round * CHECKS + check * threads) * pace;
            let address = load.address(thread, check, round);
            if black_box(limiter.admits(address, now)) && refunded {
                limiter.refund(address, now);
            }
        }
        (began, Instant::now())
    };
    let times: Vec<(Instant, Instant)> = thread::scope(|scope| {
        let runs: Vec<_> = (0..threads)
            .map(|thread| {
                let run = &run;
                scope.spawn(move || run(thread))
            })
            .collect();
        runs.into_iter().filter_map(|run| run.join().ok()).collect()
    });
    let began = times.iter().map(|time| time.0).min();
    let ended = times.iter().map(|time| time.1).max();
    let wall = began.zip(ended).map_or(Duration::MAX, |(began, ended)| ended - began);
    wall.as_secs_f64() * 1e9 / f64::from(each * threads)
}

fn fill(limiter: &impl Limiter) {
    for number in 0..KEYS {
        limiter.admits(IpAddr::V4(Ipv4Addr::from_bits(number)), NOW);
    }
}

fn resident_bytes() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|rest| rest.split_whitespace().next()?.parse::<usize>().ok());
    kib.unwrap_or(0) * 1024
}

/// The best of several rounds; the rounds of the two take turns, so that both meet the same machine.
fn compare(name: &str, load: Load, threads: u32, pace: u64, quota: Quota) -> Option<()> {
    let (mut table, mut map) = (f64::MAX, f64::MAX);
    let (gcra, mut locked) = (Gcra::new(quota)?, LockedMap::new(quota));
    fill(&gcra);
    for round in 0..ROUNDS {
        if round == 0 || matches!(load, Load::New) {
            locked = LockedMap::new(quota);
            fill(&locked);
        }
        table = table.min(measure(&gcra, load, threads, round, pace));
        map = map.min(measure(&locked, load, threads, round, pace));
    }
    println!("{name:<46} {threads:>7} {table:>9.1} {map:>9.1} {:>7.2}", map / table);
    Some(())
}

fn memory(quota: Quota) -> Option<()> {
    let before = resident_bytes();
    let gcra = Gcra::new(quota)?;
    let made = resident_bytes();
    fill(&gcra);
    let filled = resident_bytes();
    let (bytes, evictions) = (gcra.table.bytes(), gcra.table.evictions());
    let locked = LockedMap::new(quota);
    fill(&locked);
    let keys = f64::from(KEYS);
    println!("{KEYS} keys in debt at once, bytes a key");
    println!("  table          {:>6.1}, {evictions} keys lost", bytes as f64 / keys);
    println!(
        "    resident     {:>6.1} made, {:.1} filled",
        (made - before) as f64 / keys,
        (filled - before) as f64 / keys
    );
    println!("  locked map     {:>6.1}, and grows with every key", locked.bytes() as f64 / keys);
    Some(())
}

fn main() {
    if !env::args().any(|argument| argument == "--bench") {
        return;
    }
    let burst = NonZeroU32::MIN.saturating_add(99);
    let Some(quota) = "10/s".parse().ok().and_then(|rate| Quota::new(rate, burst).ok()) else { return };
    let Ok(with_hold) = quota.with_hold(Duration::from_secs(3_600)) else { return };
    memory(quota);

    let second = u64::try_from(Duration::from_secs(1).as_nanos()).unwrap_or(u64::MAX);
    println!("\nwall time a check, ns: best of {ROUNDS} rounds of {CHECKS}");
    println!("{:<46} {:>7} {:>9} {:>9} {:>7}", "", "threads", "table", "map", "ratio");
    for threads in [1, 2] {
        compare("one key, refused nearly always", Load::OneKey, threads, 1, quota);
        compare("one key, held", Load::OneKey, threads, 1, with_hold);
        compare("one key, each check refunded: the two", Load::OneKeyRefunded, threads, 1, quota);
        compare("a million known keys, in debt", Load::Known, threads, 1, quota);
        compare("a million known keys, idle each time", Load::Known, threads, second, quota);
        compare("new keys, table full of keys in debt", Load::New, threads, 1, quota);
        compare("new keys, table full of idle keys", Load::New, threads, second, quota);
    }
}
