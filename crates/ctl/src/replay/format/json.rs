//! A request in JSON: `{"time","ip","method","host","path","query","version","tls","tls_label","headers":{…}}`.

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;

use policy::Timestamp;
use policy::facts::{HttpVersion, TlsLabel};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::Skip;
use crate::replay::Record;

/// A line. Keys that are not known are left alone: a log may say more than a policy asks.
#[derive(Deserialize)]
struct Line<'l> {
    #[serde(borrow)]
    time: Cow<'l, str>,
    #[serde(borrow, default)]
    ip: Option<Cow<'l, str>>,
    #[serde(borrow, default)]
    method: Cow<'l, str>,
    #[serde(borrow, default)]
    host: Cow<'l, str>,
    #[serde(borrow)]
    path: Cow<'l, str>,
    #[serde(borrow, default)]
    query: Option<Cow<'l, str>>,
    #[serde(borrow, default)]
    version: Option<Cow<'l, str>>,
    #[serde(default)]
    tls: Option<bool>,
    #[serde(borrow, default)]
    tls_label: Option<Cow<'l, str>>,
    #[serde(borrow, default)]
    headers: Headers<'l>,
    #[serde(default)]
    status: Option<u16>,
}

/// Names and values; a value may be a list.
#[derive(Default)]
struct Headers<'l>(Vec<(Cow<'l, str>, Cow<'l, str>)>);

#[derive(Deserialize)]
#[serde(untagged)]
enum Value<'l> {
    One(#[serde(borrow)] Cow<'l, str>),
    Many(#[serde(borrow)] Vec<Cow<'l, str>>),
}

impl<'de: 'l, 'l> Deserialize<'de> for Headers<'l> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Headers<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of headers")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Headers<'de>, A::Error> {
                let mut headers = Vec::new();
                while let Some((Name(name), value)) = map.next_entry::<Name<'de>, Value<'de>>()? {
                    match value {
                        Value::One(value) => headers.push((name, value)),
                        Value::Many(values) => {
                            headers.extend(values.into_iter().map(|value| (name.clone(), value)));
                        }
                    }
                }
                Ok(Headers(headers))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}

/// A key of an object, borrowed where it can be.
#[derive(Deserialize)]
struct Name<'l>(#[serde(borrow)] Cow<'l, str>);

pub(super) fn parse(line: &[u8]) -> Result<Record<'_>, Skip> {
    let line: Line<'_> = serde_json::from_slice(line).map_err(|_| Skip::Unparsed("not a request in JSON"))?;
    let ip = match &line.ip {
        None => None,
        Some(ip) => Some(ip.parse::<IpAddr>().map_err(|_| Skip::Unparsed("the client's address is none"))?),
    };
    let time = line.time.parse::<Timestamp>().map_err(|_| Skip::Unparsed("the time is none"))?;
    let mut record = Record {
        time: Some(time),
        ip,
        method: bytes(line.method),
        host: bytes(line.host),
        path: bytes(line.path),
        query: line.query.map(bytes),
        status: line.status,
        ..Record::default()
    };
    record.connection.version = line.version.and_then(|version| version.parse::<HttpVersion>().ok());
    record.connection.tls = line.tls;
    record.connection.tls_label = line.tls_label.and_then(|label| label.parse::<TlsLabel>().ok());
    for (name, value) in line.headers.0 {
        record.record(name.as_bytes(), bytes(value));
    }
    Ok(record)
}

fn bytes(text: Cow<'_, str>) -> Cow<'_, [u8]> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    }
}
