//! `sign`, `share`, `verify`: the seals of image URLs.

use std::io::Write as _;
use std::time::Duration;

use policy::seal::{Provenance, Scope, SealStatus, SignRequest, Source};
use policy::{Policy, Timestamp};
use serde_json::json;

use crate::at::At;
use crate::policy_file::PolicyFile;
use crate::request::split_url;
use crate::untrusted::printable;
use crate::{Console, Error, Exit};

/// What `sign` and `share` have in common.
#[derive(Debug, clap::Args)]
struct Sealed {
    #[command(flatten)]
    policy: PolicyFile,

    #[command(flatten)]
    at: At,

    /// The site that the URL is made for
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    site: String,

    /// The software component that makes the URL [default: the first of the source]
    #[arg(long, value_name = "NAME")]
    generator: Option<String>,

    /// What is asked for, such as thumbnail or original
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    format: String,

    /// e: this URL's path alone; f: any thumbnail of the file [default: that of the source]
    #[arg(long, value_name = "e|f", value_parser = scope)]
    scope: Option<Scope>,

    /// The URL, with its host
    url: String,
}

/// Options of `sign`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  provenancectl sign --source web --site en.wikipedia.org https://upload.example.org/a/b/x.jpg
  provenancectl sign --generator rest --scope f https://upload.example.org/a/b/thumb/x/xy/X.jpg/300px-X.jpg")]
pub struct SignArgs {
    #[command(flatten)]
    sealed: Sealed,

    /// The source, which sets the maximum age [default: that of --generator]
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
}

/// Options of `share`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A tool that hands a URL to a third party, such as a reverse image search, seals it for as long as that takes.

Example:
  provenancectl share https://upload.example.org/a/b/x.jpg")]
pub struct ShareArgs {
    #[command(flatten)]
    sealed: Sealed,

    /// The source of URLs that are handed on
    #[arg(long, value_name = "NAME", default_value = "share")]
    source: String,
}

/// Options of `verify`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The exit code is 0 for a seal that is valid, and 1 for all else.

Example:
  provenancectl verify 'https://upload.example.org/a/b/x.jpg?utm_source=…&utm_term=1e.k2026a.…'")]
pub struct VerifyArgs {
    #[command(flatten)]
    policy: PolicyFile,

    #[command(flatten)]
    at: At,

    /// The URL, with its host
    url: String,
}

/// Prints a sealed URL.
pub(crate) fn sign(args: &SignArgs, console: &mut Console<'_>) -> Result<Exit, Error> {
    let policy = args.sealed.policy.load()?;
    let provenance = section(&policy)?;
    let source = match (&args.source, &args.sealed.generator) {
        (Some(name), _) => named(provenance, name)?,
        (None, Some(generator)) => {
            provenance.sources().find(|source| source.has(generator)).ok_or_else(|| {
                no_source(provenance, &format!("no source names the generator \"{generator}\""))
            })?
        }
        (None, None) => return Err(no_source(provenance, "neither --source nor --generator is given")),
    };
    seal(&args.sealed, provenance, source, console)
}

/// Prints a URL that is sealed for a short time.
pub(crate) fn share(args: &ShareArgs, console: &mut Console<'_>) -> Result<Exit, Error> {
    let policy = args.sealed.policy.load()?;
    let provenance = section(&policy)?;
    seal(&args.sealed, provenance, named(provenance, &args.source)?, console)
}

fn seal(
    args: &Sealed,
    provenance: &Provenance,
    source: &Source,
    console: &mut Console<'_>,
) -> Result<Exit, Error> {
    let first = || source.generators.first().map_or("", |name| name);
    let request = SignRequest {
        url: &args.url,
        host: None,
        site: &args.site,
        generator: args.generator.as_deref().unwrap_or_else(first),
        format: &args.format,
        source: &source.name,
        scope: args.scope,
    };
    let now = args.at.time();
    let url = match provenance.sign(&request, now) {
        Ok(url) => url,
        Err(why) => return Err(Error::no(why.to_string())),
    };
    let expires = Timestamp::from_seconds(source.round_down(now.seconds())).plus(source.max_age);
    match console.is_json() {
        true => console.object(&json!({
            "url": url,
            "source": &*source.name,
            "generator": request.generator,
            "expires": expires.to_string(),
        }))?,
        false => writeln!(console, "{url}")?,
    }
    Ok(Exit::Done)
}

/// Tells what the seal of a URL is worth.
pub(crate) fn verify(args: &VerifyArgs, console: &mut Console<'_>) -> Result<Exit, Error> {
    let policy = args.policy.load()?;
    let provenance = section(&policy)?;
    let url = split_url(&args.url)?;
    if url.host.is_empty() {
        return Err(Error::usage("the URL names no host")
            .with_hint("a seal is made for a host: https://host/path?query"));
    }
    let (host, path, query) = (url.host.as_bytes(), url.path.as_bytes(), url.query.map(str::as_bytes));
    let image = provenance.verify(host, path, query, args.at.time());
    let values = [
        ("site", image.site.as_deref()),
        ("generator", image.generator.as_deref()),
        ("format", image.format.as_deref()),
        ("source", image.source),
    ];
    if console.is_json() {
        let mut object = json!({ "status": image.status.as_str() });
        for (name, value) in values {
            if let (Some(value), Some(object)) = (value, object.as_object_mut()) {
                object.insert(name.to_owned(), json!(value));
            }
        }
        if let (Some(age), Some(object)) = (image.age, object.as_object_mut()) {
            object.insert("age".to_owned(), json!(age));
        }
        console.object(&object)?;
    } else {
        writeln!(console, "{}: {}", image.status.as_str(), meaning(image.status))?;
        for (name, value) in values {
            if let Some(value) = value {
                writeln!(console, "  {name:<10} {}", printable(value.as_bytes(), 255))?;
            }
        }
        if let Some(age) = image.age {
            let most =
                image.source.and_then(|name| provenance.sources().find(|source| *source.name == *name));
            let most = most.map(|source| format!(", good for {}", span(source.max_age))).unwrap_or_default();
            writeln!(console, "  {:<10} {}{most}", "age", span(Duration::from_secs(age)))?;
        }
    }
    Ok(if image.status == SealStatus::Valid { Exit::Done } else { Exit::No })
}

fn section(policy: &Policy) -> Result<&Provenance, Error> {
    let none = || Error::no("the policy has no section provenance").with_hint("docs/seal.md shows one");
    policy.provenance().ok_or_else(none)
}

fn named<'p>(provenance: &'p Provenance, name: &str) -> Result<&'p Source, Error> {
    let source = provenance.sources().find(|source| *source.name == *name);
    source.ok_or_else(|| no_source(provenance, &format!("no source \"{name}\"")))
}

fn no_source(provenance: &Provenance, message: &str) -> Error {
    let known: Vec<String> = provenance
        .sources()
        .map(|source| format!("{} ({})", source.name, source.generators.join(", ")))
        .collect();
    Error::usage(message).with_hint(format!("sources and their generators: {}", known.join("; ")))
}

fn meaning(status: SealStatus) -> &'static str {
    match status {
        SealStatus::None => "no provenance parameter, or a host that carries none",
        SealStatus::Unsigned => "provenance parameters without a seal",
        SealStatus::Malformed => "not a seal, or a parameter that no signer writes",
        SealStatus::UnknownKey => "made with a key that the policy does not have",
        SealStatus::Forged => "not made with that key for this URL",
        SealStatus::Early => "made at a time that has not come yet: compare the clocks",
        SealStatus::Stale => "older than its source allows",
        SealStatus::Valid => "made with that key for this URL, and fresh",
    }
}

/// A length of time in its two largest units.
pub(crate) fn span(time: Duration) -> String {
    let seconds = time.as_secs();
    let units = [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)];
    let mut rest = seconds;
    let mut parts = Vec::new();
    for (unit, length) in units {
        let count = rest / length;
        rest %= length;
        if count > 0 {
            parts.push(format!("{count}{unit}"));
        }
    }
    parts.truncate(2);
    if parts.is_empty() { "0s".to_owned() } else { parts.join(" ") }
}

fn scope(text: &str) -> Result<Scope, String> {
    let mut letters = text.chars();
    match (letters.next().and_then(Scope::from_letter), letters.next()) {
        (Some(scope), None) => Ok(scope),
        _ => Err("expected e (this path alone) or f (any thumbnail of the file)".to_owned()),
    }
}
