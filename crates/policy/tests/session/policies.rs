//! The policies of the vectors, in a folder where their secrets are as readable as secrets may be.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use policy::session::SessionCache;
use policy::{Headers, Policy, Request, Timestamp};

/// The time of most vectors.
pub const NOW: Timestamp = Timestamp::from_seconds(1_795_176_000);

pub fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/sessions")
}

/// A policy of the vectors, changed by `change`; `test` names a folder of its own.
pub fn load(name: &str, test: &str, change: impl Fn(&str) -> String) -> Policy {
    let folder =
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("sessions-{}-{test}", std::process::id()));
    fs::create_dir_all(folder.join("keys")).unwrap();
    for entry in fs::read_dir(vectors().join("keys")).unwrap() {
        let from = entry.unwrap().path();
        let to = folder.join("keys").join(from.file_name().unwrap());
        fs::copy(&from, &to).unwrap();
        fs::set_permissions(&to, fs::Permissions::from_mode(0o600)).unwrap();
    }
    let yaml = fs::read_to_string(vectors().join(name)).unwrap();
    fs::write(folder.join(name), change(&yaml)).unwrap();
    let policy = Policy::load(&folder.join(name)).unwrap_or_else(|why| panic!("{why}"));
    fs::remove_dir_all(&folder).unwrap();
    policy
}

/// The same, as it stands.
pub fn unchanged(name: &str, test: &str) -> Policy {
    load(name, test, str::to_owned)
}

pub fn cache() -> SessionCache {
    SessionCache::new(1000, [7; 32]).unwrap()
}

/// A request with this token in its first cookie.
pub fn with_cookie(line: &[u8]) -> Request<'_> {
    let mut headers = Headers::default();
    headers.record(b"cookie", line);
    Request { headers, ..Request::default() }
}
