use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use policy::facts::{Connection, HttpVersion, TlsLabel};
use policy::{Policy, Request, Timestamp};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

/// A request as a line of JSON.
///
/// ```json
/// {"time":"2025-08-12T00:00:00Z","ip":"192.0.2.7","method":"GET","host":"upload.example.org","path":"/x.jpg","query":"a=b","headers":{"user-agent":"curl/8.5.0"}}
/// ```
///
/// Everything but `path` may be left out, and is then not known. Names of headers are in any case, the value of one may be a list of
/// lines. `version` (`1.1`, `2.0`), `tls` and `tls_label` tell of the connection. Unknown keys are refused: a typing error must not
/// be read as something that the request does not have.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestLine<'a> {
    /// When it came.
    #[serde(default, deserialize_with = "time")]
    pub time: Option<Timestamp>,
    /// Address of whoever has connected.
    #[serde(default)]
    pub ip: Option<IpAddr>,
    /// Method.
    #[serde(borrow, default = "get")]
    pub method: Cow<'a, str>,
    /// `Host`; without it, that of `headers`.
    #[serde(borrow, default)]
    pub host: Cow<'a, str>,
    /// Path, without the query.
    #[serde(borrow)]
    pub path: Cow<'a, str>,
    /// Query, without `?`.
    #[serde(borrow, default)]
    pub query: Option<Text<'a>>,
    /// The header lines in their order.
    #[serde(borrow, default)]
    pub headers: HeaderLines<'a>,
    /// Version of HTTP.
    #[serde(default, deserialize_with = "parsed")]
    pub version: Option<HttpVersion>,
    /// Whether it came over TLS.
    #[serde(default)]
    pub tls: Option<bool>,
    /// Whose TLS hello it was.
    #[serde(default, deserialize_with = "parsed")]
    pub tls_label: Option<TlsLabel>,
}

/// Why a line is no request.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// Not the JSON of a request.
    #[error("{0}")]
    Json(#[from] serde_json::Error),
    /// A list, of whose values nothing tells what they are.
    #[error("a list; expected an object, such as {{\"path\":\"/\"}}")]
    List,
    /// A time that counts something else than seconds.
    #[error("time: beyond the year 9999; expected seconds since 1970, not milliseconds")]
    TimeTooLate,
    /// A query in the path would be judged as a part of it.
    #[error("path: holds a query; write what follows the ? into query")]
    QueryInPath,
}

impl<'a> RequestLine<'a> {
    /// The last second of the year 9999, the last that RFC 3339 can spell: a larger number counts something else than seconds.
    pub(crate) const LAST_SECOND: u64 = 253_402_300_799;

    /// Reads a line.
    ///
    /// # Errors
    /// What is wrong with it, with the column.
    pub fn parse(line: &'a [u8]) -> Result<Self, LineError> {
        // Serde reads a list as well, by the order of the fields.
        if line.trim_ascii_start().starts_with(b"[") {
            return Err(LineError::List);
        }
        let request: Self = serde_json::from_slice(line)?;
        if request.time.is_some_and(|time| time.seconds() > Self::LAST_SECOND) {
            return Err(LineError::TimeTooLate);
        }
        if request.path.contains('?') { Err(LineError::QueryInPath) } else { Ok(request) }
    }

    /// What a policy can judge.
    #[must_use]
    pub fn request<'r>(&'r self, policy: &'r Policy) -> Request<'r> {
        let mut headers = policy.headers();
        for (name, value) in &self.headers.0 {
            headers.record(name.0.as_bytes(), value.0.as_bytes());
        }
        let host = match &*self.host {
            "" => headers.host().unwrap_or_default(),
            host => host.as_bytes(),
        };
        Request {
            ip: self.ip,
            method: self.method.as_bytes(),
            host,
            path: self.path.as_bytes(),
            query: self.query.as_ref().map(|query| query.0.as_bytes()),
            headers,
            connection: Connection { version: self.version, tls: self.tls, tls_label: self.tls_label },
        }
    }
}

/// A text, borrowed from the line where that has no escapes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text<'a>(pub Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Borrowing;
        impl<'de> Visitor<'de> for Borrowing {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Borrowing)
    }
}

/// Header lines in their order: names and values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeaderLines<'a>(pub Vec<(Text<'a>, Text<'a>)>);

impl<'de: 'a, 'a> Deserialize<'de> for HeaderLines<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Lines;
        impl<'de> Visitor<'de> for Lines {
            type Value = HeaderLines<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of headers")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<HeaderLines<'de>, A::Error> {
                let mut lines = Vec::new();
                while let Some(name) = map.next_key::<Text<'de>>()? {
                    let OneOrMany(values) = map.next_value()?;
                    lines.extend(values.into_iter().map(|value| (name.clone(), value)));
                }
                Ok(HeaderLines(lines))
            }
        }
        deserializer.deserialize_map(Lines)
    }
}

struct OneOrMany<'a>(Vec<Text<'a>>);

impl<'de: 'a, 'a> Deserialize<'de> for OneOrMany<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Values;
        impl<'de> Visitor<'de> for Values {
            type Value = OneOrMany<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the value of a header, or a list of them")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<OneOrMany<'de>, E> {
                Ok(OneOrMany(vec![Text(Cow::Borrowed(text))]))
            }

            fn visit_str<E>(self, text: &str) -> Result<OneOrMany<'de>, E> {
                Ok(OneOrMany(vec![Text(Cow::Owned(text.to_owned()))]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<OneOrMany<'de>, A::Error> {
                let mut values = Vec::new();
                while let Some(value) = list.next_element()? {
                    values.push(value);
                }
                Ok(OneOrMany(values))
            }
        }
        deserializer.deserialize_any(Values)
    }
}

fn get() -> Cow<'static, str> {
    Cow::Borrowed("GET")
}

/// A time as text, or Unix seconds as a number, fractions of which are dropped.
fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Time {
        Seconds(u64),
        Fraction(f64),
        Text(String),
    }
    match Option::<Time>::deserialize(deserializer)? {
        None => Ok(None),
        Some(Time::Seconds(seconds)) => Ok(Some(Timestamp::from_seconds(seconds))),
        Some(Time::Fraction(seconds)) if seconds >= 0.0 => {
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "not negative, and a float beyond the range saturates"
            )]
            let seconds = seconds as u64;
            Ok(Some(Timestamp::from_seconds(seconds)))
        }
        Some(Time::Fraction(_)) => Err(D::Error::custom("time: before the Unix epoch")),
        Some(Time::Text(text)) => {
            text.parse().map(Some).map_err(|why| D::Error::custom(format!("time: {why}")))
        }
    }
}

fn parsed<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| text.parse().map_err(|why| D::Error::custom(format!("\"{text}\": {why}")))).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_contract_shows() {
        let line = br#"{"time":"2025-08-12T00:00:00Z","ip":"192.0.2.7","method":"GET","host":"upload.example.org","path":"/x.jpg","query":"a=b","headers":{"User-Agent":["curl/8.5.0","x"],"accept":"*\/*"}}"#;
        let request = RequestLine::parse(line).unwrap();
        assert_eq!(request.time.unwrap().to_string(), "2025-08-12T00:00:00Z");
        assert!(matches!(request.path, Cow::Borrowed("/x.jpg")), "nothing is copied that need not be");
        let lines: Vec<_> = request.headers.0.iter().map(|(name, value)| (&*name.0, &*value.0)).collect();
        assert_eq!(lines, [("User-Agent", "curl/8.5.0"), ("User-Agent", "x"), ("accept", "*/*")]);
    }

    #[test]
    fn a_time_is_a_text_or_unix_seconds() {
        for line in [
            r#"{"path":"/","time":1755475200}"#,
            r#"{"path":"/","time":1755475200.9}"#,
            r#" {"path":"/","time":"2025-08-18"}"#,
        ] {
            let time = RequestLine::parse(line.as_bytes()).unwrap().time.unwrap();
            assert_eq!(time.seconds(), 1_755_475_200, "{line}");
        }
    }

    #[test]
    fn a_time_may_be_the_last_second_of_9999() {
        let last = RequestLine::parse(br#"{"path":"/","time":253402300799}"#).unwrap().time.unwrap();
        assert_eq!(last.seconds(), RequestLine::LAST_SECOND);
    }

    #[test]
    fn says_what_is_wrong_with_a_line() {
        for (line, told) in [
            ("{", "EOF while parsing"),
            (r#"{"path":"/","user_agent":"x"}"#, "unknown field `user_agent`, expected one of"),
            (r#"{"path":"/?a=b"}"#, "path: holds a query"),
            (r#"{"host":"x"}"#, "missing field `path`"),
            (r#"{"path":"/","ip":"x"}"#, "invalid IP address"),
            (r#"{"path":"/","time":"yesterday"}"#, "time: expected a date"),
            (r#"{"path":"/","time":-1.5}"#, "time: before the Unix epoch"),
            (r#"{"path":"/","time":1e300}"#, "time: beyond the year 9999"),
            (r#"{"path":"/","time":253402300800}"#, "time: beyond the year 9999"),
            (r#"{"path":"/","time":1755475200000}"#, "expected seconds since 1970, not milliseconds"),
            (r#"["2025-08-18","192.0.2.7","GET","a.example","/",null,{},null,null,null]"#, "a list"),
            (r#" ["#, "a list"),
            (r#"{"path":"/","version":"9"}"#, "\"9\": not a version of HTTP"),
            (r#"{"path":"/","headers":{"a":1}}"#, "the value of a header, or a list of them"),
        ] {
            let error = RequestLine::parse(line.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(told), "{line}: {error}");
        }
    }

    #[test]
    fn the_host_may_be_a_header() {
        let policy =
            Policy::load(concat!(env!("CARGO_MANIFEST_DIR"), "/../../policy/policy.yaml").as_ref()).unwrap();
        let request = RequestLine::parse(br#"{"path":"/","headers":{"Host":"a.example"}}"#).unwrap();
        assert_eq!(request.request(&policy).host, b"a.example");
        let request =
            RequestLine::parse(br#"{"path":"/","host":"b.example","headers":{"Host":"a"}}"#).unwrap();
        assert_eq!(request.request(&policy).host, b"b.example");
    }
}
