//! What a session costs: `cargo bench -p policy --bench session`. Each line is the best of many rounds, and its ratio to the
//! HMAC-SHA256 that no seal can do without.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark reports to a person")]

mod report;

use std::fs;
use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use hmac::{Hmac, KeyInit as _, Mac as _};
use policy::session::{SessionCache, SessionStatus};
use policy::{Headers, Policy, Request, Timestamp};
use report::Repeat;
use sha2::Sha256;

const REPEAT: Repeat = Repeat { rounds: 40, calls: 1_000 };
/// The time of the vectors.
const NOW: Timestamp = Timestamp::from_seconds(1_795_176_000);
/// Cookies that a browser sends beside the one with the token.
const OTHERS: &str =
    "GeoIP=DE:BE:Berlin:52.52:13.40:v4; WMF-Last-Access=20-Nov-2026; NetworkProbeLimit=0.001; ";

fn main() {
    let folder = std::env::temp_dir().join(format!("provenance-session-bench-{}", std::process::id()));
    let policy = load(&folder);
    fs::remove_dir_all(&folder).unwrap();
    let sessions = policy.sessions().unwrap();
    let warm = SessionCache::new(10_000, [7; 32]).unwrap();

    let hmac = Hmac::<Sha256>::new_from_slice(&[7; 32]).unwrap();
    let floor = REPEAT.report("HMAC-SHA256 of 160 bytes alone", None, || {
        let mut hmac = hmac.clone();
        hmac.update(black_box(&[b'x'; 160]));
        black_box(hmac.finalize());
    });
    let verify = |what: &str, line: &str, expected: SessionStatus, seeds: Option<&[SessionCache]>| {
        let mut headers = Headers::default();
        let line = format!("{OTHERS}{line}");
        headers.record(b"cookie", line.as_bytes());
        let request = Request { headers, ..Request::default() };
        assert_eq!(sessions.verify(&request, None, &warm, NOW).status, expected, "{what}");
        let mut caches = seeds.map(|seeds| seeds.iter().cycle());
        let mut addresses = 0_u32;
        REPEAT.report(what, Some(floor), || {
            let cache = caches.as_mut().map_or(&warm, |caches| caches.next().unwrap());
            // Each call from an address of its own, which has sent nothing in vain.
            addresses = addresses.wrapping_add(1);
            let client = Some(IpAddr::from(Ipv4Addr::from(addresses)));
            black_box(sessions.verify(black_box(&request), client, cache, NOW));
        });
    };
    for algorithm in ["RS256 by rs2026a", "ES256 by es2026", "EdDSA by ed2026", "HS256 by hs2026"] {
        let (good, forged) = (cookie(algorithm), cookie(&format!("{algorithm}, signature of other claims")));
        verify(&format!("{algorithm}, seen before"), &good, SessionStatus::Valid, None);
        // As many caches as calls: each knows nothing of the token when it is asked.
        let caches = fresh();
        verify(&format!("{algorithm}, not seen before"), &good, SessionStatus::Valid, Some(&caches));
        let caches = fresh();
        verify(&format!("{algorithm}, forged"), &forged, SessionStatus::BadSignature, Some(&caches));
        verify(&format!("{algorithm}, forged, seen before"), &forged, SessionStatus::BadSignature, None);
    }
    verify("no token", "a=b", SessionStatus::None, None);
    verify(
        "unknown key",
        &cookie("RS256 by rs2026a, unknown kid"),
        SessionStatus::UnknownKey,
        Some(&fresh()),
    );
    verify(
        "signature of a wrong length",
        &cookie("RS256 by rs2026a, no signature"),
        SessionStatus::BadSignature,
        Some(&fresh()),
    );
}

fn fresh() -> Vec<SessionCache> {
    (0..REPEAT.rounds * REPEAT.calls).map(|_| SessionCache::new(1, [7; 32]).unwrap()).collect()
}

/// The Cookie line of a case of the vectors.
fn cookie(name: &str) -> String {
    let cases = fs::read_to_string(vectors().join("algorithms.jsonl")).unwrap();
    let mut cases = cases.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let case = cases.find(|case| case.get("name").unwrap() == name).unwrap();
    case.pointer("/headers/cookie").unwrap().as_str().unwrap().to_owned()
}

fn vectors() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/sessions")
}

/// The policy of the vectors, with its secrets as readable as secrets may be.
fn load(folder: &Path) -> Policy {
    fs::create_dir_all(folder.join("keys")).unwrap();
    for entry in fs::read_dir(vectors().join("keys")).unwrap() {
        let to = folder.join("keys").join(entry.as_ref().unwrap().file_name());
        fs::copy(entry.unwrap().path(), &to).unwrap();
        fs::set_permissions(&to, fs::Permissions::from_mode(0o600)).unwrap();
    }
    fs::copy(vectors().join("default.yaml"), folder.join("default.yaml")).unwrap();
    Policy::load(&folder.join("default.yaml")).unwrap()
}
