//! What decoding a captured NOTIFY and encoding a typical ACK cost. `cargo bench -p spop`.

#![allow(clippy::print_stdout, reason = "the figures are the output")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Instant;

use bytes::BytesMut;
use spop::{AckEncoder, Error, Frame, HdrsBin, MaxFrameSize, Notify, Scope, Split, TypedData, split_frame};

const CAPTURED: &str = include_str!("../tests/frames/haproxy-3.0.txt");
const MAX: MaxFrameSize = MaxFrameSize::HAPROXY_DEFAULT;
const ROUNDS: u32 = 100;
const FRAMES: u32 = 50_000;

fn main() -> Result<(), Error> {
    let bytes = notify_of_a_browser();
    let notify = parse(&bytes)?;
    let mut out = BytesMut::with_capacity(4096);
    measure("decode NOTIFY", || decode(black_box(&bytes)).is_ok());
    measure("decode NOTIFY and its req.hdrs_bin", || decode_with_headers(black_box(&bytes)).is_ok());
    measure("encode ACK", || encode(black_box(&notify), &mut out).is_ok());
    measure("decode NOTIFY, encode ACK", || {
        decode(black_box(&bytes)).and_then(|notify| encode(&notify, &mut out)).is_ok()
    });
    Ok(())
}

/// Prints the best of some rounds: the one that the rest of the machine disturbed least.
fn measure(what: &str, mut run: impl FnMut() -> bool) {
    let best = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            let done = (0..FRAMES).filter(|_| run()).count();
            assert_eq!(done, FRAMES as usize, "{what} failed");
            start.elapsed()
        })
        .min()
        .unwrap_or_default();
    let seconds = best.as_secs_f64() / f64::from(FRAMES);
    println!("{what:<34} {:>8.1} ns/frame {:>12.0} frames/s", seconds * 1e9, seconds.recip());
}

/// The first NOTIFY of the capture: 329 bytes, 8 arguments.
fn notify_of_a_browser() -> Vec<u8> {
    let hex = CAPTURED.lines().find_map(|line| line.strip_prefix("notify ")).unwrap_or_default();
    let digits: Vec<u8> = hex.chars().filter_map(|digit| digit.to_digit(16)?.try_into().ok()).collect();
    digits.as_chunks::<2>().0.iter().map(|[high, low]| high << 4 | low).collect()
}

fn parse(bytes: &[u8]) -> Result<Notify<'_>, Error> {
    match split_frame(bytes, MAX)? {
        Split::Complete { frame, .. } => match Frame::parse(frame)? {
            Frame::Notify(notify) => Ok(notify),
            _ => Err(Error::Fragmented),
        },
        Split::Incomplete { .. } => Err(Error::Fragmented),
    }
}

fn decode(bytes: &[u8]) -> Result<Notify<'_>, Error> {
    let notify = parse(bytes)?;
    for message in notify.messages() {
        for arg in message?.args() {
            black_box(arg?);
        }
    }
    Ok(notify)
}

fn decode_with_headers(bytes: &[u8]) -> Result<(), Error> {
    for message in parse(bytes)?.messages() {
        for arg in message?.args() {
            if let TypedData::Binary(headers) = black_box(arg?).value {
                for header in HdrsBin::new(headers) {
                    black_box(header?);
                }
            }
        }
    }
    Ok(())
}

/// The variables of a verdict, one of them rendered in place.
fn encode(notify: &Notify<'_>, out: &mut BytesMut) -> Result<(), Error> {
    out.clear();
    let mut ack = AckEncoder::answer(out, notify, MAX);
    ack.set_var(Scope::Txn, "action", "limit")?;
    ack.set_var(Scope::Txn, "status", 429_u32)?;
    ack.set_var(Scope::Txn, "reason", "limit.contact")?;
    ack.set_var(Scope::Txn, "code", "1a2b3c4")?;
    ack.set_var(Scope::Txn, "retry_after", 12_u32)?;
    ack.set_var(Scope::Txn, "tier", "D")?;
    ack.set_var(Scope::Txn, "ua_class", "browser")?;
    ack.set_var(Scope::Txn, "browser_score", 85_u32)?;
    ack.set_var_with(Scope::Txn, "labels", |text| {
        write!(text, "net={};img={};age={}", black_box("unknown"), black_box("valid"), 86_400)
    })?;
    ack.finish();
    black_box(out);
    Ok(())
}
