//! `import requestctl`: reads the folder, checks that the policy compiles, writes it, and tells.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use policy::Policy;
use serde::Serialize;

use super::account::{Reason, accounts};
use super::network::NetworkKind;
use super::object::Object;
use super::plan::{Carried, Plan, Scopes, plan};
use super::read::Objects;
use super::render::{File, Head, POLICY, files};
use super::report::Report;
use super::rule::rules;
use crate::at::At;
use crate::{Console, Error, Exit};

/// Most bytes of texts in the rules of all actions.
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// Options of `import requestctl`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The policy goes to standard output, what became of each object to standard error. Where classes of user agents are made, \
there are more files than one: name a folder for them. With --json all of it is one object.

Examples:
  provenancectl import requestctl ./requestctl --cluster cache-text --output-dir ./imported
  provenancectl import requestctl ./requestctl --json | jq '.objects[] | select(.outcome != \"whole\")'

Exit codes:
  0  every object was read; the report says which of them are not carried over
  1  a file is no object, or nothing could be carried over
  2  usage
  3  could not read or write")]
pub struct Args {
    /// The objects: request-actions/, request-patterns/ and request-ipblocks/, or action.yaml, pattern.yaml and ipblock.yaml
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Import the actions of this cluster alone
    #[arg(long, value_name = "NAME")]
    cluster: Option<String>,
    /// What ipblocks of a scope are: cloud, client or abusive; abuse, cloud and known-clients are known
    #[arg(long = "scope", value_name = "SCOPE=KIND", value_parser = scope)]
    scopes: Vec<(String, NetworkKind)>,
    /// Import actions that are not enabled as well, with shadow: true
    #[arg(long)]
    include_disabled: bool,
    /// Import throttles of a whole server as limits of each client, at the same rate: more passes than in requestctl
    #[arg(long)]
    per_client: bool,
    /// Write the policy and its files into this folder; none of them may be there
    #[arg(long, value_name = "DIR")]
    output_dir: Option<PathBuf>,
    /// The address that refused clients may write to
    #[arg(long, value_name = "ADDRESS", default_value = "noc@example.org")]
    email: String,
    /// The page that explains the policy
    #[arg(long, value_name = "URL", default_value = "https://example.org/user-agent-policy")]
    url: String,
    #[command(flatten)]
    at: At,
}

fn scope(text: &str) -> Result<(String, NetworkKind), String> {
    let (scope, kind) = text.split_once('=').ok_or("expected SCOPE=KIND")?;
    let kind = match kind {
        "cloud" => NetworkKind::Cloud,
        "client" => NetworkKind::Client,
        // Only an action refuses: the network alone would be refused without one.
        "abusive" => NetworkKind::AbusiveInShadow,
        _ => return Err("expected cloud, client or abusive".to_owned()),
    };
    Ok((scope.to_owned(), kind))
}

/// What `--json` prints.
#[derive(Serialize)]
struct Answer<'a> {
    #[serde(flatten)]
    report: &'a Report,
    files: Vec<Output<'a>>,
}

#[derive(Serialize)]
struct Output<'a> {
    name: &'a str,
    text: &'a str,
}

/// Imports.
pub(super) fn run(args: &Args, console: &mut Console<'_>) -> Result<Exit, Error> {
    let Objects { objects, problems, others } = Objects::read(&args.folder)?;
    let mut not = BTreeMap::new();
    let mut carried = Vec::new();
    let mut bytes = 0_usize;
    for (n, object) in objects.iter().enumerate().filter(|(_, object)| object.kind.is_action()) {
        match carry(object, &objects, args) {
            Ok((_, intent)) if bytes.saturating_add(intent.bytes()) > MAX_BYTES => {
                let why = format!("more than {MAX_BYTES} bytes of conditions with the actions before it");
                not.insert(n, (why, None));
            }
            Ok((shadow, intent)) => {
                bytes = bytes.saturating_add(intent.bytes());
                carried.push(Carried { action: n, shadow, intent, to: BTreeSet::new() });
            }
            Err(why) => drop(not.insert(n, why)),
        }
    }
    one_cluster(&objects, &carried)?;
    let scopes: Scopes = args.scopes.iter().cloned().collect();
    let (plan, rejected) = plan(&objects, &scopes, &mut carried);
    not.extend(rejected.into_iter().map(|(action, why)| (action, (why, None))));
    carried.retain(|entry| {
        if entry.to.is_empty() {
            not.insert(entry.action, (entry.intent.losses.join("; "), None));
        }
        !entry.to.is_empty()
    });
    let at = args.at.time().to_string();
    let from = args.folder.display().to_string();
    let made = made(args, &plan, &objects, &from, &at);
    check(&made)?;
    let report = Report::new(from, at, accounts(&objects, &plan, &carried, &not), problems, others);
    if !report.has_carried() {
        tell_report(&report, &[], console)?;
        return Err(Error::no("nothing could be carried over, so there is no policy"));
    }
    tell(args, &made, &report, console)?;
    match report.problems.len() {
        0 => Ok(Exit::Done),
        count => Err(Error::no(format!(
            "{count} of the files could not be read as objects; the policy lacks them"
        ))),
    }
}

/// Whether the rules of an action are to be in shadow, and the rules; or why it is not carried over.
fn carry(action: &Object, objects: &[Object], args: &Args) -> Result<(bool, super::rule::Intent), Reason> {
    if args.cluster.as_ref().is_some_and(|cluster| cluster != action.tag()) {
        return Err((format!("it is for the cluster {}", action.tag()), None));
    }
    let enabled = action.flag("enabled", false);
    if !enabled && !action.flag("log_matching", false) && !args.include_disabled {
        let nearest = "--include-disabled imports it with shadow: true".to_owned();
        return Err(("it is not enabled".to_owned(), Some(nearest)));
    }
    let intent = rules(action, objects, args.per_client)
        .map_err(|(why, nearest)| (why, nearest.map(str::to_owned)))?;
    Ok((!enabled, intent))
}

/// A policy is one cluster's: the rules of two would all hold for both.
fn one_cluster(objects: &[Object], carried: &[Carried]) -> Result<(), Error> {
    let clusters: BTreeSet<&str> =
        carried.iter().filter_map(|entry| objects.get(entry.action)).map(Object::tag).collect();
    if clusters.len() < 2 {
        return Ok(());
    }
    let names = clusters.into_iter().collect::<Vec<_>>().join(", ");
    let message = format!("the actions are for several clusters: {names}; a policy is for one");
    Err(Error::usage(message).with_hint("import them one by one, each with --cluster NAME"))
}

fn made(args: &Args, plan: &Plan, objects: &[Object], from: &str, at: &str) -> Vec<File> {
    let head = Head { from, at, cluster: args.cluster.as_deref(), email: &args.email, url: &args.url };
    files(plan, objects, &head, args.output_dir.is_none())
}

/// Compiles the policy where nobody sees it.
fn check(made: &[File]) -> Result<(), Error> {
    let folder =
        tempfile::tempdir().map_err(|source| Error::WriteFile { file: std::env::temp_dir(), source })?;
    for file in made {
        write(folder.path(), file)?;
    }
    let loaded = Policy::load(&folder.path().join(POLICY));
    loaded.map(drop).map_err(|why| {
        let told = why.to_string().replace(&format!("{}/", folder.path().display()), "");
        Error::no(format!("the policy that was made does not compile, so it is not written\n{told}"))
    })
}

/// Writes a file that is not there yet.
fn write(folder: &Path, file: &File) -> Result<(), Error> {
    let path = folder.join(&file.name);
    let cannot = |source| Error::WriteFile { file: path.clone(), source };
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(cannot)?;
    }
    let mut opened = OpenOptions::new().write(true).create_new(true).open(&path).map_err(cannot)?;
    opened.write_all(file.text.as_bytes()).map_err(cannot)
}

fn tell(args: &Args, made: &[File], report: &Report, console: &mut Console<'_>) -> Result<(), Error> {
    if let Some(folder) = &args.output_dir {
        write_all(folder, made)?;
    }
    tell_report(report, made, console)?;
    if console.is_json() {
        return Ok(());
    }
    match (&args.output_dir, made) {
        (Some(folder), _) => {
            made.iter().try_for_each(|file| writeln!(console, "{}", folder.join(&file.name).display()))?;
            Ok(())
        }
        (None, [policy]) => Ok(console.write_all(policy.text.as_bytes())?),
        (None, _) => {
            let names = made.iter().map(|file| &*file.name).collect::<Vec<_>>().join(", ");
            let message = format!("the policy is in {} files: {names}", made.len());
            Err(Error::usage(message).with_hint("name a folder for them: --output-dir DIR"))
        }
    }
}

/// The report: by itself for a person, with the files for a program.
fn tell_report(report: &Report, made: &[File], console: &mut Console<'_>) -> Result<(), Error> {
    if console.is_json() {
        let files = made.iter().map(|file| Output { name: &file.name, text: &file.text }).collect();
        return console.object(&Answer { report, files });
    }
    Ok(report.tell(&mut anstream::stderr().lock())?)
}

/// Writes all files, or none where one of them is there.
fn write_all(folder: &Path, made: &[File]) -> Result<(), Error> {
    for file in made {
        let path = folder.join(&file.name);
        if path.symlink_metadata().is_ok() {
            let source = io::Error::new(io::ErrorKind::AlreadyExists, "it is there already");
            return Err(Error::WriteFile { file: path, source });
        }
    }
    // The policy last: it is there when all that it names is.
    made.iter().rev().try_for_each(|file| write(folder, file))
}
