//! `keygen`, `rotate`: the secrets of seals.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use policy::Timestamp;
use policy::seal::Provenance;
use serde_json::json;

use crate::at::At;
use crate::policy_file::PolicyFile;
use crate::seal::span;
use crate::untrusted::shown_path;
use crate::{Console, Error, Exit};

/// As many bytes as SHA-256 puts out: fewer weaken a seal, more add nothing (RFC 2104 section 3).
const SECRET: usize = 32;

/// Owner and group: the policy refuses a key that everybody can read.
const MODE: u32 = 0o640;

/// Options of `keygen`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The file holds 32 random bytes, mode 0640; a file that is there stays as it is. It serves as a key of section provenance, and as
subject_key or secret of an HS256 key of section sessions. Each has its own.

Examples:
  provenancectl keygen --id k2026b --file /etc/provenance/keys/k2026b
  provenancectl keygen --file /etc/provenance/keys/subject")]
pub struct KeygenArgs {
    /// The file to write
    #[arg(long, value_name = "FILE")]
    file: PathBuf,

    /// Id of a key of seals, for the lines to put into the policy: 1 to 16 of A-Z a-z 0-9 _
    #[arg(long, value_name = "ID", value_parser = key_id)]
    id: Option<String>,
}

/// Options of `rotate`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Nothing is changed: the steps are printed, with the first day on which the old key may go.

Example:
  provenancectl rotate --policy /etc/provenance/policy.yaml")]
pub struct RotateArgs {
    #[command(flatten)]
    policy: PolicyFile,

    /// When the new key begins to sign [default: now]
    #[command(flatten)]
    at: At,

    /// Id of the new key [default: the next after the old one]
    #[arg(long, value_name = "ID", value_parser = key_id)]
    id: Option<String>,
}

/// Writes a secret.
pub(crate) fn keygen(args: &KeygenArgs, console: &mut Console<'_>) -> Result<Exit, Error> {
    let file = &args.file;
    write_secret(file).map_err(|source| Error::WriteFile { file: file.clone(), source })?;
    if console.is_json() {
        console
            .object(&json!({ "file": file.to_string_lossy(), "id": args.id, "bytes": SECRET, "mode": format!("{MODE:o}") }))?;
        return Ok(Exit::Done);
    }
    writeln!(console, "{}: {SECRET} random bytes, for owner and group", shown_path(file))?;
    if let Some(id) = &args.id {
        writeln!(console, "\nprovenance:\n  keys:\n    - id: {id}\n      file: {}", quoted(file))?;
        writeln!(
            console,
            "\nIt verifies on every edge before it signs on any: provenancectl rotate prints the steps."
        )?;
    }
    Ok(Exit::Done)
}

/// Writes random bytes into a new file. What cannot be written whole is removed: half a key would be read as one.
fn write_secret(file: &Path) -> std::io::Result<()> {
    let mut secret = [0; SECRET];
    File::open("/dev/urandom")?.read_exact(&mut secret)?;
    let mut created = OpenOptions::new().write(true).create_new(true).mode(MODE).open(file)?;
    // The umask may have taken the group's right to read, without which agent and Varnish cannot.
    let written = created
        .set_permissions(Permissions::from_mode(MODE))
        .and_then(|()| created.write_all(&secret))
        .and_then(|()| created.sync_all());
    if written.is_err() {
        // The error that is told is the one that came first.
        let _ = std::fs::remove_file(file);
    }
    written
}

/// Prints how one key is replaced by the next.
pub(crate) fn rotate(args: &RotateArgs, console: &mut Console<'_>) -> Result<Exit, Error> {
    let policy = args.policy.load()?;
    let no_section = || Error::no("the policy has no section provenance, and no key to rotate");
    let provenance = policy.provenance().ok_or_else(no_section)?;
    let old = provenance.keys().find(|(_, signs)| *signs).map(|(id, _)| id);
    let new = match &args.id {
        Some(id) if provenance.keys().any(|(known, _)| known == id) => {
            return Err(Error::no(format!("the policy has a key \"{id}\" already")));
        }
        Some(id) => id.clone(),
        None => next_id(provenance, old, args.at.time()),
    };
    let steps = steps(provenance, old, &new, &args.policy.file, args.at.time());
    if console.is_json() {
        let steps: Vec<_> = steps
            .iter()
            .map(|step| json!({ "not_before": step.when.to_string(), "do": step.what }))
            .collect();
        console.object(&json!({ "old": old, "new": new, "steps": steps }))?;
        return Ok(Exit::Done);
    }
    writeln!(console, "from {} to {new}\n", old.unwrap_or("no key that signs"))?;
    for (n, step) in (1..).zip(&steps) {
        let mut lines = step.what.lines();
        writeln!(console, "{n}. {}", lines.next().unwrap_or_default())?;
        for line in lines {
            writeln!(console, "   {line}")?;
        }
    }
    Ok(Exit::Done)
}

/// A step, and the time before which it must not be made.
struct Step {
    when: Timestamp,
    what: String,
}

fn steps(
    provenance: &Provenance,
    old: Option<&str>,
    new: &str,
    policy: &Path,
    switch: Timestamp,
) -> Vec<Step> {
    let keys = policy.parent().unwrap_or(Path::new("")).join("keys").join(new);
    let policy = policy.display();
    let now = |what: String| Step { when: switch, what };
    let mut steps = vec![
        now(format!(
            "Make the key, and copy it to every edge and every signer:\n  provenancectl keygen --id {new} --file {}",
            keys.display()
        )),
        now(format!(
            "Add it to provenance.keys of the policy, without `sign: true`, on every edge:\n  - {{ id: {new}, file: keys/{new} }}\n  provenancectl check {policy} && systemctl reload provenance-agent && varnishreload"
        )),
        now(format!(
            "When every edge has it, and not before, let it sign: `sign: true` moves from {} to {new}, in the policies and wherever\nelse URLs are signed. Reload as before, and see that it verifies:\n  provenancectl sign --policy {policy} --source SOURCE URL",
            old.unwrap_or("the old key")
        )),
    ];
    if let Some(old) = old {
        let longest = provenance.sources().max_by_key(|source| source.max_age);
        let max_age = longest.map_or(Duration::ZERO, |source| source.max_age);
        let when = switch.plus(max_age);
        let why = longest
            .map(|source| format!("(those of {} live longest, {})", source.name, span(max_age)))
            .unwrap_or_default();
        steps.push(Step {
            when,
            what: format!(
                "If {old} signs no more from {switch} on, its seals are good until {when}\n{why}. Then remove it from the policies, reload, and delete its file.\nIf others know its secret, remove it at once: its URLs are then unknown_key, and rules decide what that means."
            ),
        });
    }
    steps
}

/// The id after `old`: `k2026a` → `k2026b`; else the first of the year that is free.
fn next_id(provenance: &Provenance, old: Option<&str>, now: Timestamp) -> String {
    let year: String = now.to_string().chars().take_while(char::is_ascii_digit).collect();
    let stem = old.and_then(|id| id.strip_suffix(|c: char| c.is_ascii_lowercase()));
    let stem = stem.filter(|stem| stem.ends_with(&*year)).map_or_else(|| format!("k{year}"), str::to_owned);
    let is_free = |id: &String| !provenance.keys().any(|(known, _)| known == id);
    ('a'..='z').map(|letter| format!("{stem}{letter}")).find(is_free).unwrap_or_else(|| format!("{stem}_new"))
}

/// A path as YAML: JSON's strings are YAML's.
fn quoted(file: &Path) -> String {
    let text = file.to_string_lossy();
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte));
    if plain { text.into_owned() } else { json!(text).to_string() }
}

fn key_id(text: &str) -> Result<String, String> {
    match Provenance::is_key_id(text) {
        true => Ok(text.to_owned()),
        false => Err("expected 1 to 16 of A-Z a-z 0-9 _".to_owned()),
    }
}
