//! What a decision costs: `cargo bench -p policy`. Each line is the best of many rounds, and its ratio to the HMAC-SHA256 that no
//! verification can do without.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark reports to a person")]

mod report;

use std::fmt::Write as _;
use std::hint::black_box;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use hmac::{Hmac, KeyInit as _, Mac as _};
use limits::{Seed, Table};
use policy::classify::user_agent::UaClass;
use policy::facts::{Connection, HttpVersion};
use policy::seal::SignRequest;
use policy::session::SessionCache;
use policy::{Memory, Policy, Request, Timestamp};
use report::Repeat;
use sha2::Sha256;

const REPEAT: Repeat = Repeat { rounds: 60, calls: 5_000 };
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
    let floor = REPEAT.report("HMAC-SHA256 of 160 bytes alone", None, || {
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
        REPEAT.report(&format!("verify a seal of scope {scope}"), Some(floor), || {
            black_box(provenance.verify(HOST.as_bytes(), black_box(path), query, now));
        });
        REPEAT.report("strip the same URL", Some(floor), || {
            drop(black_box(provenance.strip(black_box(url.as_bytes()))))
        });
    }

    decisions(&policy, floor, now);
    scores(&policy, floor);
}

/// What the browser score of an image costs.
fn scores(policy: &Policy, floor: f64) {
    let chrome = [
        ("host", HOST),
        ("sec-ch-ua", "\"Chromium\";v=\"142\", \"Google Chrome\";v=\"142\", \"Not_A Brand\";v=\"99\""),
        ("sec-ch-ua-mobile", "?0"),
        ("sec-ch-ua-platform", "\"Windows\""),
        (
            "user-agent",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
        ),
        ("accept", "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-mode", "no-cors"),
        ("sec-fetch-dest", "image"),
        ("referer", "https://en.wikipedia.org/"),
        ("accept-encoding", "gzip, deflate, br, zstd"),
        ("accept-language", "en-US,en;q=0.9"),
    ];
    let record = || {
        let mut headers = policy.headers();
        for (name, value) in chrome {
            headers.record(name.as_bytes(), value.as_bytes());
        }
        headers
    };
    REPEAT.report("record the headers of a browser", Some(floor), || {
        black_box(record());
    });
    let (host, path) = (HOST.as_bytes(), THUMB.as_bytes());
    let request = Request { method: b"GET", host, path, headers: record(), ..Request::default() };
    let connection = Connection { version: Some(HttpVersion::Http2), tls: Some(true), tls_label: None };
    REPEAT.report("score them", Some(floor), || {
        black_box(policy.browser_score().score(black_box(&request), UaClass::BROWSER, &connection, true));
    });
}

/// What decisions and answers cost, by who asks.
fn decisions(policy: &Policy, floor: f64, now: Timestamp) {
    let table = Table::new(1_000_000, &Seed::from([7; 16])).unwrap();
    let sessions = SessionCache::new(1, [7; 32]).unwrap();
    let memory = Memory { limits: &table, sessions: &sessions };
    let crawler = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
    let library = "python-requests/2.31.0";
    for (what, user_agent, ip, accept) in [
        ("decide: a browser", FIREFOX, "192.0.2.7", "image/avif,image/webp,*/*;q=0.8"),
        ("decide: a browser with IPv6", FIREFOX, "2001:db8::7", "image/avif,image/webp,*/*;q=0.8"),
        ("decide: a crawler", crawler, "192.0.2.8", "*/*"),
        ("decide: a library, refused", library, "192.0.2.9", "*/*"),
        ("  and the answer in text", library, "192.0.2.9", "*/*"),
        ("  and the answer in JSON", library, "192.0.2.9", "application/json"),
        ("  and the answer as a page", library, "192.0.2.9", "text/html"),
    ] {
        let mut headers = policy.headers();
        headers.record(b"user-agent", user_agent.as_bytes());
        headers.record(b"accept", accept.as_bytes());
        let request = Request {
            ip: Some(ip.parse().unwrap()),
            method: b"GET",
            host: HOST.as_bytes(),
            path: THUMB.as_bytes(),
            query: None,
            headers,
            connection: policy::facts::Connection::default(),
        };
        let answers = what.starts_with(' ');
        let mut body = String::with_capacity(16_384);
        REPEAT.report(what, Some(floor), || {
            let verdict = policy.decide(black_box(&request), memory, now);
            if answers {
                body.clear();
                write!(body, "{}", policy.answer(&verdict, &request).unwrap().body()).unwrap();
                black_box(&body);
            }
        });
    }
}

/// The shipped policy with a key and a limit that is never reached.
fn write_policy(folder: &Path) -> PathBuf {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy");
    let policy = std::fs::read_to_string(shipped.join("policy.yaml")).unwrap();
    let policy = policy
        .replace("keys: []", "keys: [{ id: bench, file: bench.key, sign: true }]")
        .replace("rate: 50/s", "rate: 10000/s")
        .replace("burst: 100\n", "burst: 100000000\n")
        .replace("rate: 100/s", "rate: 10000/s")
        .replace("burst: 500\n", "burst: 100000000\n");
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
