use std::borrow::Cow;
use std::net::IpAddr;

use clap::{ArgAction, Args};
use policy::facts::{HttpVersion, TlsLabel};

use super::RequestLine;
use super::line::{HeaderLines, Text};
use crate::Error;
use crate::untrusted::printable;

/// One request, in curl's words. Nothing is added that is not given: without -A there is no user agent.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Request")]
pub struct Flags {
    /// The URL: https://host/path?query, or host/path
    pub url: Option<String>,
    /// User-Agent
    #[arg(short = 'A', long, value_name = "NAME", requires = "url")]
    user_agent: Option<String>,
    /// A header line; may be given several times
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE", requires = "url")]
    headers: Vec<String>,
    /// Cookie
    #[arg(short = 'b', long, value_name = "NAME=VALUE", requires = "url")]
    cookie: Option<String>,
    /// Referer
    #[arg(short = 'e', long, value_name = "URL", requires = "url")]
    referer: Option<String>,
    /// Method [default: GET]
    #[arg(short = 'X', long = "request", value_name = "METHOD", requires = "url")]
    method: Option<String>,
    /// The method HEAD
    #[arg(short = 'I', long, requires = "url", conflicts_with = "method")]
    head: bool,
    /// Accept-Encoding as curl sends it; "Copy as cURL" of browsers has this
    #[arg(long, requires = "url")]
    compressed: bool,
    /// Address of the client
    #[arg(long, value_name = "ADDRESS", requires = "url")]
    ip: Option<IpAddr>,
    /// Version of HTTP: 1.0, 1.1, 2 or 3
    #[arg(long, value_name = "VERSION", requires = "url")]
    http: Option<HttpVersion>,
    /// Whose TLS hello it was: browser, script or unknown
    #[arg(long, value_name = "LABEL", requires = "url", action = ArgAction::Set)]
    tls_label: Option<TlsLabel>,
}

impl Flags {
    /// The request, if there is one.
    ///
    /// # Errors
    /// [`Error::Usage`] if the URL or a header makes no sense.
    pub fn request(&self) -> Result<Option<RequestLine<'static>>, Error> {
        let Some(url) = &self.url else { return Ok(None) };
        let Url { tls, host, path, query } = split_url(url)?;
        let method = if self.head { "HEAD" } else { self.method.as_deref().unwrap_or("GET") };
        Ok(Some(RequestLine {
            time: None,
            ip: self.ip,
            method: owned(method),
            host: owned(host),
            path: owned(path),
            query: query.map(|query| Text(owned(query))),
            headers: self.header_lines()?,
            version: self.http,
            tls,
            tls_label: self.tls_label,
        }))
    }

    fn header_lines(&self) -> Result<HeaderLines<'static>, Error> {
        let mut lines = Vec::new();
        let mut add = |name: &str, value: &str| lines.push((Text(owned(name)), Text(owned(value))));
        for line in &self.headers {
            let Some((name, value)) = line.split_once(':').filter(|(name, _)| !name.trim().is_empty()) else {
                return Err(
                    Error::usage(format!("-H \"{line}\": no name")).with_hint("write -H 'Name: value'")
                );
            };
            add(name.trim(), value.trim());
        }
        for (name, value) in
            [("User-Agent", &self.user_agent), ("Cookie", &self.cookie), ("Referer", &self.referer)]
        {
            if let Some(value) = value {
                add(name, value);
            }
        }
        if self.compressed {
            add("Accept-Encoding", "deflate, gzip, br, zstd");
        }
        Ok(HeaderLines(lines))
    }
}

/// A URL in the parts of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Url<'u> {
    /// Whether it is asked for over TLS, if the URL says so.
    pub tls: Option<bool>,
    /// Host, with port; empty for a path alone.
    pub host: &'u str,
    /// Path; `/` where there is none.
    pub path: &'u str,
    /// Query, without `?`.
    pub query: Option<&'u str>,
}

/// Splits `https://host/path?query#fragment`, or the same without its scheme. The fragment is not sent, and left out.
///
/// # Errors
/// [`Error::Usage`] for another scheme.
pub fn split_url(url: &str) -> Result<Url<'_>, Error> {
    let (tls, rest) = match url.split_once("://") {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => (Some(true), rest),
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => (Some(false), rest),
        // A colon and slashes within a path or a query are no scheme.
        Some((scheme, _)) if !scheme.contains(['/', '?', '#']) => {
            let told = format!("{}: neither http nor https", printable(scheme.as_bytes(), 20));
            return Err(Error::usage(told).with_hint("write https://host/path, or host/path"));
        }
        Some(_) | None => (None, url),
    };
    let rest = rest.split('#').next().unwrap_or(rest);
    let (before, query) = match rest.split_once('?') {
        Some((before, query)) => (before, Some(query)),
        None => (rest, None),
    };
    let (host, path) = before.split_at(before.find('/').unwrap_or(before.len()));
    Ok(Url { tls, host, path: if path.is_empty() { "/" } else { path }, query })
}

fn owned(text: &str) -> Cow<'static, str> {
    Cow::Owned(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_split_as_a_browser_sends_it() {
        let url = |tls, host, path, query| Url { tls, host, path, query };
        for (text, expected) in [
            ("https://a.example/x?y=z#f", url(Some(true), "a.example", "/x", Some("y=z"))),
            ("HTTP://a.example:8080", url(Some(false), "a.example:8080", "/", None)),
            ("a.example/x", url(None, "a.example", "/x", None)),
            ("/x?u=https://b.example/", url(None, "", "/x", Some("u=https://b.example/"))),
            ("a.example?", url(None, "a.example", "/", Some(""))),
        ] {
            assert_eq!(split_url(text).unwrap(), expected, "{text}");
        }
        assert!(split_url("ftp://a.example/").is_err());
    }
}
