//! What a client asks for, before it is bytes.

use std::net::IpAddr;

use crate::http::{Answer, RawRequest};
use crate::{Chain, Error};

/// A browser's user agent.
pub const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
/// The default user agent of a library.
pub const LIBRARY: &str = "python-requests/2.31.0";
/// The default user agent of a tool.
pub const CURL: &str = "curl/8.5.0";
/// What a browser accepts when a person follows a link.
pub const NAVIGATION: &str =
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";

/// A request that is not made yet: that of an image, where nothing else is said.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// Address that it comes from ([`RawRequest::from`]).
    pub from: IpAddr,
    /// `User-Agent`.
    pub user_agent: Option<&'a [u8]>,
    /// Method.
    pub method: &'a str,
    /// `Host`.
    pub host: &'a str,
    /// Path and query.
    pub target: &'a str,
    /// Further header fields.
    pub headers: &'a [(&'a str, &'a str)],
}

impl<'a> Ask<'a> {
    /// Of a client of this user agent.
    #[must_use]
    pub fn new(from: impl Into<IpAddr>, user_agent: &'a str) -> Self {
        Self {
            from: from.into(),
            user_agent: Some(user_agent.as_bytes()),
            method: "GET",
            host: "upload.wikimedia.org",
            target: "/wikipedia/commons/a/a9/Example.jpg",
            headers: &[],
        }
    }

    /// Of a browser.
    #[must_use]
    pub fn browser(from: impl Into<IpAddr>) -> Self {
        Self::new(from, BROWSER)
    }

    /// Of a library that names nobody.
    #[must_use]
    pub fn library(from: impl Into<IpAddr>) -> Self {
        Self::new(from, LIBRARY)
    }

    /// Of a client that sends no user agent.
    #[must_use]
    pub fn nobody(from: impl Into<IpAddr>) -> Self {
        Self { user_agent: None, ..Self::new(from, "") }
    }

    /// Asks, and waits for the answer.
    ///
    /// # Errors
    /// If there is none.
    pub fn send(&self, chain: &Chain) -> Result<Answer, Error> {
        self.request().ask(chain.listener(self.from))
    }

    /// Asks `count` times without a wait in between, over one connection; the answers in their order.
    ///
    /// # Errors
    /// If a request gets no answer.
    pub fn repeat(&self, chain: &Chain, count: usize) -> Result<Vec<Answer>, Error> {
        self.request().repeat(chain.listener(self.from), count)
    }

    fn request(&self) -> RawRequest<'a> {
        let line = format!("{} {} HTTP/1.1", self.method, self.target);
        let host = [("Host", self.host.as_bytes())];
        let user_agent = self.user_agent.map(|value| ("User-Agent", value));
        let further = self.headers.iter().map(|(name, value)| (*name, value.as_bytes()));
        RawRequest::new(self.target, self.from, &line, host.into_iter().chain(user_agent).chain(further))
    }
}
