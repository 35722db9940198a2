//! What a decision costs: `cargo bench -p policy`. Each line is the best of many rounds, and its ratio to the HMAC-SHA256 that no
//! verification can do without.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark reports to a person")]

use std::hint::black_box;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use hmac::{Hmac, KeyInit as _, Mac as _};
use limits::{Seed, Table};
use policy::seal::SignRequest;
use policy::{Headers, Policy, Request, Timestamp};
use sha2::Sha256;

const ROUNDS: u32 = 60;
const CALLS: u32 = 5_000;
const HOST: &str = "upload.wikimedia.org";
const THUMB: &str =
    "/wikipedia/commons/thumb/f/fa/Statue_of_Taras_Shevchenko_in_Shevchenkove%2C_2019.jpg/500px-Statue.jpg";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

fn main() {
    let folder = std::env::temp_dir().join(format!("provenance-bench-{}", std::process::id()));
    std::fs::create_dir(&folder).unwrap();
    let policy = Policy::load(&write_policy(&folder)).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();

    let hmac = Hmac::<Sha256>::new_from_slice(&[7; 32]).unwrap();
    let message = [b'x'; 160];
    let floor = report("HMAC-SHA256 of 160 bytes alone", None, || {
        let mut hmac = hmac.clone();
        hmac.update(black_box(&message));
        black_box(hmac.finalize());
    });

    let now = Timestamp::from_seconds(1_795_176_000);
    let provenance = policy.provenance().unwrap();
    for (scope, source, generator) in [("path", "api", "api"), ("file", "web", "parser")] {
        let request = SignRequest {
            url: THUMB,
            host: Some(HOST),
            site: "en.wikipedia.org",
            generator,
            format: "thumbnail",
            source,
            scope: None,
        };
        let url = provenance.sign(&request, now).unwrap();
        let (path, query) = url.split_once('?').unwrap();
        let (path, query) = (path.as_bytes(), Some(query.as_bytes()));
        report(&format!("verify a seal of scope {scope}"), Some(floor), || {
            black_box(provenance.verify(HOST.as_bytes(), black_box(path), query, now));
        });
        report("strip the same URL", Some(floor), || {
            drop(black_box(provenance.strip(black_box(url.as_bytes()))))
        });
    }

    let table = Table::new(1_000_000, &Seed::from([7; 16])).unwrap();
    for (what, user_agent) in [
        ("decide: a browser", FIREFOX),
        ("decide: a crawler", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"),
        ("decide: a library, refused", "python-requests/2.31.0"),
    ] {
        let mut headers = Headers::default();
        headers.record(b"user-agent", user_agent.as_bytes());
        let ip = Some("192.0.2.7".parse().unwrap());
        let request = Request {
            ip,
            method: b"GET",
            host: HOST.as_bytes(),
            path: THUMB.as_bytes(),
            query: None,
            headers,
        };
        report(what, Some(floor), || drop(black_box(policy.decide(black_box(&request), &table, now))));
    }
}

/// Prints and returns the nanoseconds of one call.
fn report(what: &str, floor: Option<f64>, mut call: impl FnMut()) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        (0..CALLS).for_each(|_| call());
        best = best.min(start.elapsed().as_secs_f64() * 1e9 / f64::from(CALLS));
    }
    println!("{what:<36} {best:7.0} ns   {:5.2} of the HMAC", best / floor.unwrap_or(best));
    best
}

/// The shipped policy with a key and a limit that is never reached.
fn write_policy(folder: &Path) -> PathBuf {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy");
    let policy = std::fs::read_to_string(shipped.join("policy.yaml")).unwrap();
    let policy = policy
        .replace("keys: []", "keys: [{ id: bench, file: bench.key, sign: true }]")
        .replace("rate: 50/s", "rate: 1000000/s")
        .replace("burst: 100", "burst: 1000000000");
    std::fs::copy(shipped.join("user-agents.yaml"), folder.join("user-agents.yaml")).unwrap();
    let mut key = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(folder.join("bench.key"))
        .unwrap();
    key.write_all(&[7; 32]).unwrap();
    std::fs::write(folder.join("policy.yaml"), policy).unwrap();
    folder.join("policy.yaml")
}
