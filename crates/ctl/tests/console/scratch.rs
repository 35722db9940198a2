//! A folder that stands for `/etc/provenance`.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the folder is called on pages.
const SHOWN: &str = "/etc/provenance";

pub struct Scratch {
    folder: PathBuf,
}

impl Scratch {
    /// The shipped policy, and the files of this page over it.
    pub fn new(repository: &Path, page: &str) -> Self {
        let folder =
            PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{page}", std::process::id()));
        copy(&repository.join("policy"), &folder);
        let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/console").join(page);
        if own.is_dir() {
            copy(&own, &folder);
        }
        Self { folder }
    }

    /// Runs a command line in the folder, and returns what it prints.
    pub fn run(&self, line: &str) -> String {
        let here = self.folder.to_str().unwrap();
        let programs = Path::new(env!("CARGO_BIN_EXE_provenancectl")).parent().unwrap();
        let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
        let output = Command::new("sh")
            .args(["-c", &format!("{{ {}; }} 2>&1", line.replace(SHOWN, here))])
            .current_dir(&self.folder)
            .env("PATH", path)
            .env("PROVENANCE_POLICY", self.folder.join("policy.yaml"))
            .env("COLUMNS", "100")
            .env_remove("RUST_LOG")
            .output()
            .unwrap();
        let mut printed = String::from_utf8(output.stdout).unwrap().replace(here, SHOWN);
        if !printed.is_empty() && !printed.ends_with('\n') {
            printed.push('\n');
        }
        match output.status.code() {
            Some(0) => printed,
            code => format!("{printed}[exit {}]\n", code.unwrap()),
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Copies a folder with all that is in it. Keys are not for everybody: git does not keep that.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, to) = (entry.as_ref().unwrap().path(), to.join(entry.unwrap().file_name()));
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(&path, &to).unwrap();
            if from.ends_with("keys") {
                fs::set_permissions(&to, Permissions::from_mode(0o640)).unwrap();
            }
        }
    }
}
