//! What `check` warns of. For each kind, `warned/<kind>.yaml` has it, in as many ways as there are, and the `.txt` beside it is what a
//! person is told; `warned/<kind>.not.yaml` comes near, and nothing is told.
//!
//! `UPDATE=1 cargo test -p policy --test warned_policies` writes the texts anew: read the difference before you commit it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what a helper of a test expects holds, or the test has failed"
)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use policy::{Timestamp, Warning, WarningKind, check};

/// Kinds that depend on the permission bits or the content of key files, which a repository does not keep.
const OF_FILES: [WarningKind; 3] =
    [WarningKind::KeyFileWritable, WarningKind::FileWritable, WarningKind::SharedSecret];

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn now() -> Timestamp {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

/// What is told of a policy, but for the permission bits of a checkout.
fn warnings(file: &Path) -> Vec<Warning> {
    let checked = check(file, now());
    if let Err(why) = checked.policy {
        panic!("{why}");
    }
    checked.warnings.into_iter().filter(|warning| warning.kind != WarningKind::FileWritable).collect()
}

fn text(warnings: &[Warning], folder: &Path) -> String {
    let lines = warnings.iter().map(|warning| format!("[{}] {}\n", warning.kind, warning.problem));
    lines.collect::<String>().replace(&format!("{}/", folder.display()), "")
}

/// Compares what is told with the file of what it should be, and writes that anew if asked to.
fn differs(file: &Path, told: &str) -> bool {
    if std::env::var_os("UPDATE").is_some() {
        fs::write(file, told).unwrap();
    }
    fs::read_to_string(file).unwrap_or_default() != told
}

#[test]
fn each_kind_is_told_where_it_is_and_not_where_it_is_not() {
    let folder = here("tests/warned");
    let mut wrong = Vec::new();
    for kind in WarningKind::ALL.into_iter().filter(|kind| !OF_FILES.contains(kind)) {
        let file = folder.join(format!("{kind}.yaml"));
        let told = warnings(&file);
        assert!(told.iter().any(|warning| warning.kind == kind), "{kind} is not told");
        if differs(&file.with_extension("txt"), &text(&told, &folder)) {
            wrong.push(format!("{kind}:\n{}", text(&told, &folder)));
        }
        let near = warnings(&folder.join(format!("{kind}.not.yaml")));
        if !near.is_empty() {
            wrong.push(format!("{kind}.not.yaml:\n{}", text(&near, &folder)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_shipped_policy_is_not_warned_of() {
    let told = warnings(&here("../../policy/policy.yaml"));
    assert_eq!(text(&told, Path::new("")), "");
}

/// The real policy of 2025 had exemptions without an end, some without a task, and one that has ended since.
#[test]
fn the_example_is_warned_of_what_its_original_had() {
    let file = here("../../policy/examples/wikimedia-2025.yaml");
    let told = text(&warnings(&file), file.parent().unwrap());
    assert!(!differs(&here("tests/warned/example-wikimedia-2025.txt"), &told), "{told}");
    for line in told.lines().filter(|line| line.starts_with('[')) {
        assert!(line.starts_with("[exemption-"), "{line}");
    }
}

#[test]
fn a_policy_that_does_not_compile_has_problems_and_no_warnings() {
    let checked = check(&here("tests/bad/several-problems-at-once.yaml"), now());
    assert!(checked.policy.unwrap_err().problems().len() > 1);
    assert_eq!(checked.warnings, []);
}

#[test]
fn each_kind_has_its_row_in_the_page_and_each_row_a_kind() {
    let page = fs::read_to_string(here("../../docs/checking.md")).unwrap();
    let (_, section) = page.split_once("\n## Warnings\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` |"));
    let documented: Vec<&str> = rows.map(|(name, _)| name).collect();
    assert_eq!(documented, WarningKind::ALL.map(WarningKind::as_str));
}

/// A folder with a policy and three secrets, whose modes and contents `change` changes.
fn with_keys(test: &str, change: impl Fn(&Path)) -> Vec<String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("warned-{}-{test}", std::process::id()));
    fs::create_dir_all(folder.join("keys")).unwrap();
    set_mode(&folder.join("keys"), 0o755);
    for (name, byte) in [("token", 1), ("subject", 2), ("seal", 3)] {
        write(&folder.join("keys").join(name), &[byte; 32], 0o640);
    }
    write(&folder.join("classes.yaml"), b"cli: { products: [curl] }\n", 0o664);
    let policy = b"version: 1
contact: { email: noc@example.org, url: 'https://example.org/' }
sessions:
  keys: [{ id: t, algorithm: HS256, secret: keys/token }]
  subject_key: keys/subject
provenance:
  keys: [{ id: s, file: keys/seal }]
user_agents: { classes: classes.yaml }
";
    write(&folder.join("policy.yaml"), policy, 0o664);
    change(&folder);
    let checked = check(&folder.join("policy.yaml"), now());
    fs::remove_dir_all(&folder).unwrap();
    assert!(checked.policy.is_ok(), "{:?}", checked.policy);
    let told = checked.warnings.iter();
    told.map(|warning| format!("{} {}", warning.kind, warning.problem.key)).collect()
}

fn write(file: &Path, content: &[u8], mode: u32) {
    fs::write(file, content).unwrap();
    set_mode(file, mode);
}

fn set_mode(file: &Path, mode: u32) {
    fs::set_permissions(file, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_group_may_write_to_a_policy_and_not_to_a_key() {
    assert_eq!(with_keys("modes-good", |_| ()), [""; 0]);
    let told = with_keys("key-by-group", |folder| set_mode(&folder.join("keys/seal"), 0o660));
    assert_eq!(told, ["key-file-writable provenance.keys[0].file"]);
    let told = with_keys("key-by-everyone", |folder| set_mode(&folder.join("keys/token"), 0o602));
    assert_eq!(told, ["key-file-writable sessions.keys[0].secret"]);
}

#[test]
fn a_file_that_everyone_may_write_to_is_told() {
    let told = with_keys("policy", |folder| set_mode(&folder.join("policy.yaml"), 0o646));
    assert_eq!(told, ["file-writable "]);
    let told = with_keys("classes", |folder| set_mode(&folder.join("classes.yaml"), 0o666));
    assert_eq!(told, ["file-writable user_agents.classes"]);
}

#[test]
fn a_key_in_a_folder_that_everyone_may_write_to_is_told_unless_the_folder_is_sticky() {
    let told = with_keys("folder", |folder| set_mode(&folder.join("keys"), 0o777));
    let keys = ["sessions.keys[0].secret", "sessions.subject_key", "provenance.keys[0].file"];
    assert_eq!(told, keys.map(|key| format!("key-file-writable {key}")));
    assert_eq!(with_keys("sticky", |folder| set_mode(&folder.join("keys"), 0o1777)), [""; 0]);
}

#[test]
fn a_copy_of_a_secret_is_the_same_secret() {
    let copy = |to: &'static str| move |folder: &Path| write(&folder.join("keys").join(to), &[1; 32], 0o640);
    assert_eq!(with_keys("copy-subject", copy("subject")), ["shared-secret sessions.subject_key"]);
    assert_eq!(with_keys("copy-seal", copy("seal")), ["shared-secret provenance.keys[0].file"]);
}
