use std::fmt::Display;
use std::net::IpAddr;
use std::str::FromStr;

use policy::Timestamp;
use policy::facts::{HttpVersion, TlsLabel, Url};

/// What `/explain` is asked: the parts of a request that are other than those of the request that asks.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Parameters {
    pub(super) ip: Option<IpAddr>,
    pub(super) method: Option<String>,
    pub(super) host: Option<String>,
    pub(super) path: Option<String>,
    pub(super) query: Option<String>,
    /// Headers in place of the asker's own, by name.
    pub(super) headers: Vec<(String, String)>,
    pub(super) version: Option<HttpVersion>,
    pub(super) tls: Option<bool>,
    pub(super) tls_label: Option<TlsLabel>,
    pub(super) at: Option<Timestamp>,
    /// Whether JSON was asked for in so many words.
    pub(super) json: bool,
}

/// Names of parameters, for whoever has used another one.
const NAMES: &str = "ip, url, method, host, path, query, ua, header, version, tls, tls_label, at, format";

impl Parameters {
    /// Reads a query.
    ///
    /// # Errors
    /// What is wrong with it, and what was expected.
    pub(super) fn parse(query: &str) -> Result<Self, String> {
        let mut read = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let text = || Some(value.clone().into_owned());
            match &*name {
                "ip" => read.ip = parsed(&name, &value)?,
                "url" => read.take_url(&value)?,
                "method" => read.method = text(),
                "host" => read.host = text(),
                "path" => read.path = text(),
                "query" => read.query = text(),
                "ua" => read.headers.push(("user-agent".to_owned(), value.into_owned())),
                "header" => read.headers.push(header(&value)?),
                "version" => read.version = parsed(&name, &value)?,
                "tls" => read.tls = parsed(&name, &value)?,
                "tls_label" => read.tls_label = parsed(&name, &value)?,
                "at" => read.at = parsed(&name, &value)?,
                "format" if value == "json" || value == "text" => read.json = value == "json",
                "format" => return Err("format: expected json or text".to_owned()),
                _ => return Err(format!("{name:?} is no parameter; expected one of {NAMES}")),
            }
        }
        Ok(read)
    }

    fn take_url(&mut self, url: &str) -> Result<(), String> {
        let Url { tls, host, path, query } = Url::split(url).map_err(|why| format!("url={url:?}: {why}"))?;
        self.tls = tls.or(self.tls);
        if !host.is_empty() {
            self.host = Some(host.to_owned());
        }
        (self.path, self.query) = (Some(path.to_owned()), query.map(str::to_owned));
        Ok(())
    }
}

fn parsed<T: FromStr<Err: Display>>(name: &str, value: &str) -> Result<Option<T>, String> {
    value.parse().map(Some).map_err(|error| format!("{name}={value:?}: {error}"))
}

fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) =
        text.split_once(':').ok_or_else(|| format!("header={text:?}: expected Name: value"))?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_host_path_and_query() {
        let of = |url: &str| {
            let encoded: String = form_urlencoded::byte_serialize(url.as_bytes()).collect();
            let read = Parameters::parse(&format!("url={encoded}")).unwrap();
            (read.tls, read.host.unwrap_or_default(), read.path.unwrap(), read.query.unwrap_or_default())
        };
        let expected =
            |tls, host: &str, path: &str, query: &str| (tls, host.into(), path.into(), query.into());
        assert_eq!(of("https://a.org/b?c=d&e=/f#g"), expected(Some(true), "a.org", "/b", "c=d&e=/f"));
        assert_eq!(of("http://a.org"), expected(Some(false), "a.org", "/", ""));
        assert_eq!(of("https://a.org?c"), expected(Some(true), "a.org", "/", "c"));
        assert_eq!(of("/b/c"), expected(None, "", "/b/c", ""));
    }

    #[test]
    fn headers_are_given_by_name_and_the_user_agent_by_itself() {
        let read = Parameters::parse("ua=curl%2F8.5.0&header=Accept%3A+text/html&ip=2001:db8::1").unwrap();
        let headers = [("user-agent", "curl/8.5.0"), ("Accept", "text/html")];
        assert_eq!(read.headers, headers.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(read.ip, Some("2001:db8::1".parse().unwrap()));
    }

    #[test]
    fn says_what_is_wrong() {
        for (query, error) in [
            ("adress=1", "\"adress\" is no parameter; expected one of ip, url, "),
            ("ip=localhost", "ip=\"localhost\": invalid IP address syntax"),
            ("header=Accept", "header=\"Accept\": expected Name: value"),
            ("format=xml", "format: expected json or text"),
            ("at=tomorrow", "at=\"tomorrow\": "),
            ("url=ftp://a.org/", "url=\"ftp://a.org/\": neither http nor https"),
        ] {
            let told = Parameters::parse(query).unwrap_err();
            assert!(told.starts_with(error), "{told}");
        }
    }
}
