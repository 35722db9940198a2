use std::borrow::Cow;
use std::net::IpAddr;

use clap::{ArgAction, Args};
use policy::facts::{HttpVersion, TlsLabel, Url};

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

/// The parts of a URL.
///
/// # Errors
/// [`Error::Usage`] for a scheme that is neither http nor https.
pub fn split_url(url: &str) -> Result<Url<'_>, Error> {
    Url::split(url).map_err(|why| Error::usage(format!("{}: {why}", printable(url.as_bytes(), 80))))
}

fn owned(text: &str) -> Cow<'static, str> {
    Cow::Owned(text.to_owned())
}
