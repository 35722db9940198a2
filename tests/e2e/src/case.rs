//! Requests and the verdict that each expects.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::path::Path;
use std::time::{Duration, SystemTime};

use policy::seal::{Scope, SignRequest};
use policy::{Policy, Timestamp};
use serde::Deserialize;

use crate::http::Answer;
use crate::log::Fields;
use crate::{Error, at};

/// One line of `requests.jsonl`. Method, host, path, query and headers are written as `provenancectl explain` reads them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What the case shows.
    pub name: String,
    /// Address on loopback that the request comes from; one of its own where none is given, so that limits do not meet.
    pub ip: Option<Ipv4Addr>,
    /// Method.
    #[serde(default = "get")]
    pub method: String,
    /// `Host`.
    pub host: String,
    /// Path, without the query.
    pub path: String,
    /// Query, without `?`.
    pub query: Option<String>,
    /// Header fields.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// How the URL is sealed before it is asked for.
    pub seal: Option<SealCase>,
    /// What is expected of HAProxy, the agent and Varnish.
    pub expect: Expected,
}

/// How the URL of a case is sealed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealCase {
    /// `utm_source`.
    pub site: String,
    /// `utm_campaign`.
    pub generator: String,
    /// `utm_content`.
    pub format: String,
    /// Source in the policy.
    pub source: String,
    /// Scope, `e` or `f`; that of the source where none is given.
    pub scope: Option<char>,
    /// Seconds before now at which the URL was sealed; negative for a clock that goes ahead.
    #[serde(default)]
    pub age: i64,
    /// The path that was sealed, where another one is asked for.
    pub path: Option<String>,
    /// Text of the sealed query that is replaced before the URL is asked for, and what takes its place.
    pub tamper: Option<(String, String)>,
}

/// What is expected of a request. A field that is not given is not compared.
#[derive(Clone, Debug, Deserialize)]
pub struct Expected {
    /// Status of the answer.
    pub status: u16,
    /// What Varnish says of the seal; absent where the request must not reach it.
    pub varnish: Option<String>,
    /// Whether Varnish has the object already: `hit` or `miss`.
    pub cache: Option<String>,
    /// Fields of the verdict by name, as HAProxy logs them.
    #[serde(flatten)]
    pub fields: BTreeMap<String, String>,
}

fn get() -> String {
    "GET".to_owned()
}

impl Case {
    /// The cases of a file with one JSON object a line.
    ///
    /// # Errors
    /// If the file cannot be read, or a line is not a case.
    pub fn read(file: &Path) -> Result<Vec<Self>, Error> {
        let text = std::fs::read_to_string(file).map_err(at(file))?;
        let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.is_empty());
        let case = |(line, text)| {
            serde_json::from_str(text).map_err(|why| Error::Case { line, why: why.to_string() })
        };
        lines.map(case).collect()
    }

    /// The request target: sealed, if the case says so.
    ///
    /// # Errors
    /// If the policy does not seal such a URL.
    pub fn target(&self, policy: &Policy) -> Result<String, Error> {
        let query = self.query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
        let Some(seal) = &self.seal else { return Ok(format!("{}{query}", self.path)) };
        let sealed_path = seal.path.as_ref().unwrap_or(&self.path);
        let request = SignRequest {
            url: &format!("{sealed_path}{query}"),
            host: Some(&self.host),
            site: &seal.site,
            generator: &seal.generator,
            format: &seal.format,
            source: &seal.source,
            scope: seal.scope.and_then(Scope::from_letter),
        };
        let sealed = policy
            .provenance()
            .ok_or_else(|| "the policy has no section provenance".to_owned())
            .and_then(|provenance| provenance.sign(&request, seal.time()).map_err(|why| why.to_string()))
            .map_err(|why| Error::Sign { name: self.name.clone(), why })?;
        let target = format!("{}{}", self.path, sealed.strip_prefix(sealed_path.as_str()).unwrap_or(&sealed));
        Ok(match &seal.tamper {
            Some((from, to)) => target.replace(from, to),
            None => target,
        })
    }
}

impl SealCase {
    fn time(&self) -> Timestamp {
        let by = Duration::from_secs(self.age.unsigned_abs());
        let now = SystemTime::now();
        let time = if self.age < 0 { now.checked_add(by) } else { now.checked_sub(by) };
        time.unwrap_or(now).into()
    }
}

impl Expected {
    /// What differs between this and what came: nothing, if all is as expected.
    #[must_use]
    pub fn differences(&self, answer: &Answer, logged: &Fields) -> Vec<String> {
        let mut differences = Vec::new();
        if self.status != 200 && answer.header("x-cache").is_some() {
            differences
                .push("x-cache: expected nothing, since a refused request never reaches Varnish".to_owned());
        }
        let mut compare = |what: &str, expected: &str, actual: Option<&str>| {
            if actual != Some(expected) {
                differences.push(format!("{what}: expected {expected}, got {}", actual.unwrap_or("nothing")));
            }
        };
        compare("status", &self.status.to_string(), Some(&answer.status.to_string()));
        for (name, expected) in &self.fields {
            compare(name, expected, logged.get(name).map(String::as_str));
        }
        for (header, expected) in [("x-image-provenance", &self.varnish), ("x-cache", &self.cache)] {
            if let Some(expected) = expected {
                compare(header, expected, answer.header(header));
            }
        }
        differences
    }
}
