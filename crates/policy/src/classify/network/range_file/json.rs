//! The JSON in which crawlers publish their ranges:
//!
//! ```text
//! {"creationTime": "2026-11-20T00:00:00.000000",
//!  "prefixes": [{"ipv4Prefix": "192.0.2.0/27"}, {"ipv6Prefix": "2001:db8::/64"}]}
//! ```
//!
//! There is no standard. Members that are not named here are passed over: the format is others' to extend.

use ipnet::IpNet;
use serde::Deserialize;

use super::{Content, ContentError, Entry, not_empty, push};
use crate::Timestamp;
use crate::classify::network::prefix::{PrefixError, parse_prefix};

#[derive(Deserialize)]
struct Document {
    #[serde(rename = "creationTime")]
    creation_time: Option<serde_json::Value>,
    prefixes: Option<Vec<Member>>,
}

#[derive(Deserialize)]
struct Member {
    #[serde(rename = "ipv4Prefix")]
    v4: Option<String>,
    #[serde(rename = "ipv6Prefix")]
    v6: Option<String>,
}

/// Reads a published file.
pub(super) fn parse(bytes: &[u8]) -> Result<Content, ContentError> {
    let document: Document = serde_json::from_slice(bytes).map_err(|error| syntax(&error))?;
    let Some(prefixes) = document.prefixes else {
        let why = "the key \"prefixes\" is missing".to_owned().into();
        return Err(ContentError { line: 0, key: String::new(), why });
    };
    let mut entries = Vec::new();
    for (index, member) in prefixes.iter().enumerate() {
        let at = |name: &'static str| {
            move |why| ContentError { line: 0, key: format!("prefixes[{index}]{name}"), why }
        };
        if member.v4.is_none() && member.v6.is_none() {
            return Err(at("")("has neither ipv4Prefix nor ipv6Prefix".to_owned().into()));
        }
        if let Some(cidr) = &member.v4 {
            of_family(cidr, "IPv4")
                .and_then(|net| push(&mut entries, net, index))
                .map_err(at(".ipv4Prefix"))?;
        }
        if let Some(cidr) = &member.v6 {
            of_family(cidr, "IPv6")
                .and_then(|net| push(&mut entries, net, index))
                .map_err(at(".ipv6Prefix"))?;
        }
    }
    let created = document.creation_time.as_ref().and_then(|time| created(time.as_str()?));
    Ok(Content { created, entries: not_empty(entries, "prefixes")? })
}

/// The key of an entry.
pub(super) fn key(entry: Entry) -> String {
    let member = match entry.net {
        IpNet::V4(_) => "ipv4Prefix",
        IpNet::V6(_) => "ipv6Prefix",
    };
    format!("prefixes[{}].{member}", entry.place)
}

/// The line of an error, and its text without it.
fn syntax(error: &serde_json::Error) -> ContentError {
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or(&message);
    let line = u64::try_from(error.line()).unwrap_or(0);
    ContentError { line, key: String::new(), why: message.to_owned().into() }
}

fn of_family(cidr: &str, family: &str) -> Result<IpNet, PrefixError> {
    let net = parse_prefix(cidr)?;
    match (net, family) {
        (IpNet::V4(_), "IPv4") | (IpNet::V6(_), "IPv6") => Ok(net),
        _ => Err(format!("\"{cidr}\" is not an {family} prefix").into()),
    }
}

/// The time of creation. The large publishers write it without the offset that RFC 3339 asks for: UTC is meant. A text that
/// is no time is no reason to refuse the prefixes.
fn created(text: &str) -> Option<Timestamp> {
    text.parse().or_else(|_| format!("{text}Z").parse()).ok()
}
