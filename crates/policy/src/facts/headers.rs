use std::fmt;

use super::{BrowserHints, ForwardedFor};

/// The request headers that a policy looks at.
///
/// Filled in one pass over whatever a proxy has ([`Headers::record`]); nothing is copied and order does not matter, but for
/// duplicates: of a header that may stand only once (RFC 9110 section 5.3), the first counts, in both proxies alike. The lines
/// of `X-Forwarded-For` are one list.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Headers<'a> {
    host: Option<&'a [u8]>,
    user_agent: Option<&'a [u8]>,
    api_user_agent: Option<&'a [u8]>,
    accept: Option<&'a [u8]>,
    authorization: Option<&'a [u8]>,
    cookie: Option<&'a [u8]>,
    origin: Option<&'a [u8]>,
    access_control_request_method: Option<&'a [u8]>,
    forwarded_for: ForwardedFor<'a>,
    browser_hints: BrowserHints<'a>,
    watched: Option<&'a WatchedHeaders>,
    present: HeaderSet,
}

impl<'a> Headers<'a> {
    /// No header yet; the presence of those in `watched` is noted too.
    #[must_use]
    pub fn watching(watched: &'a WatchedHeaders) -> Self {
        Self { watched: Some(watched), ..Self::default() }
    }

    /// Takes note of a header; the name is compared without regard to case, one that no policy looks at is passed over.
    pub fn record(&mut self, name: &[u8], value: &'a [u8]) {
        if let Some(watched) = self.watched
            && !value.trim_ascii().is_empty()
        {
            self.present.0 |= watched.find(name).0;
        }
        let field = match name.len() {
            4 if name.eq_ignore_ascii_case(b"host") => &mut self.host,
            6 if name.eq_ignore_ascii_case(b"accept") => &mut self.accept,
            6 if name.eq_ignore_ascii_case(b"cookie") => &mut self.cookie,
            6 if name.eq_ignore_ascii_case(b"origin") => &mut self.origin,
            10 if name.eq_ignore_ascii_case(b"user-agent") => &mut self.user_agent,
            13 if name.eq_ignore_ascii_case(b"authorization") => &mut self.authorization,
            14 if name.eq_ignore_ascii_case(b"api-user-agent") => &mut self.api_user_agent,
            15 if name.eq_ignore_ascii_case(b"x-forwarded-for") => return self.forwarded_for.push(value),
            29 if name.eq_ignore_ascii_case(b"access-control-request-method") => {
                &mut self.access_control_request_method
            }
            _ => return self.browser_hints.record(name, value),
        };
        field.get_or_insert(value);
    }

    /// `Host` (RFC 9110 section 7.2).
    #[must_use]
    pub fn host(&self) -> Option<&'a [u8]> {
        self.host
    }

    /// `User-Agent` (RFC 9110 section 10.1.5).
    #[must_use]
    pub fn user_agent(&self) -> Option<&'a [u8]> {
        self.user_agent
    }

    /// `Api-User-Agent`: what a script in a browser sends, since it cannot set `User-Agent`.
    #[must_use]
    pub fn api_user_agent(&self) -> Option<&'a [u8]> {
        self.api_user_agent
    }

    /// `Accept` (RFC 9110 section 12.5.1).
    #[must_use]
    pub fn accept(&self) -> Option<&'a [u8]> {
        self.accept
    }

    /// The lines of `X-Forwarded-For`.
    pub(crate) fn forwarded_for(&self) -> &ForwardedFor<'a> {
        &self.forwarded_for
    }

    /// `Authorization` (RFC 9110 section 11.6.2).
    #[must_use]
    pub fn authorization(&self) -> Option<&'a [u8]> {
        self.authorization
    }

    /// The headers by which a browser is told from what claims to be one.
    #[must_use]
    pub fn browser_hints(&self) -> &BrowserHints<'a> {
        &self.browser_hints
    }

    /// The value of the first cookie of this name; see [`cookies`](Self::cookies). `None` for an empty value too.
    #[must_use]
    pub fn cookie(&self, name: &[u8]) -> Option<&'a [u8]> {
        self.cookies(name).next().filter(|value| !value.is_empty())
    }

    /// The values of all cookies of this name in the first `Cookie` (RFC 6265 section 5.4), in its order: names are compared
    /// byte for byte, the quotes around a value are no part of it.
    pub fn cookies<'n>(&self, name: &'n [u8]) -> impl Iterator<Item = &'a [u8]> + use<'a, 'n> {
        let pairs = self.cookie.into_iter().flat_map(|line| line.split(|byte| *byte == b';'));
        let values = pairs.filter_map(move |pair| pair.trim_ascii().strip_prefix(name)?.strip_prefix(b"="));
        values.map(|value| {
            let unquoted = value.strip_prefix(b"\"").and_then(|value| value.strip_suffix(b"\""));
            unquoted.unwrap_or(value)
        })
    }

    /// Whether these are the headers of a CORS preflight (Fetch standard, "CORS-preflight fetch"): with the method OPTIONS, a
    /// browser asks whether a script may send what it wants to send.
    pub(crate) fn ask_for_permission(&self) -> bool {
        let has_value = |field: Option<&[u8]>| field.is_some_and(|value| !value.trim_ascii().is_empty());
        has_value(self.origin) && has_value(self.access_control_request_method)
    }

    /// Whether one of these headers was there, with a value.
    pub(crate) fn has_any(&self, headers: HeaderSet) -> bool {
        self.present.0 & headers.0 != 0
    }
}

/// Lengths alone: what a client sends may be a secret, or pretend to be a line of the log.
impl fmt::Debug for Headers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = |field: Option<&[u8]>| field.map(<[u8]>::len);
        f.debug_struct("Headers")
            .field("host_bytes", &bytes(self.host))
            .field("user_agent_bytes", &bytes(self.user_agent))
            .field("api_user_agent_bytes", &bytes(self.api_user_agent))
            .field("accept_bytes", &bytes(self.accept))
            .field("authorization_bytes", &bytes(self.authorization))
            .field("cookie_bytes", &bytes(self.cookie))
            .field("origin_bytes", &bytes(self.origin))
            .field("access_control_request_method_bytes", &bytes(self.access_control_request_method))
            .field("forwarded_for", &self.forwarded_for)
            .field("browser_hints", &self.browser_hints)
            .field("watched", &self.watched)
            .field("present", &self.present)
            .finish()
    }
}

/// Some of the headers in a [`WatchedHeaders`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct HeaderSet(u64);

impl HeaderSet {
    /// Whether every header of `other` is in this set.
    pub(crate) fn has_all(self, other: Self) -> bool {
        self.0 | other.0 == self.0
    }
}

impl std::ops::BitOrAssign for HeaderSet {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// Names of headers of which a policy asks only whether they are there, in lower case.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct WatchedHeaders(Vec<Box<[u8]>>);

impl WatchedHeaders {
    /// Most names: each has a bit.
    pub(crate) const MAX: usize = 64;

    /// Watches `name`, given in lower case; `None` for one name too many.
    pub(crate) fn watch(&mut self, name: &str) -> Option<HeaderSet> {
        let known = self.find(name.as_bytes());
        if known != HeaderSet::default() {
            return Some(known);
        }
        let bit = 1_u64.checked_shl(u32::try_from(self.0.len()).ok()?)?;
        self.0.push(name.as_bytes().into());
        Some(HeaderSet(bit))
    }

    /// The set of this header alone, or the empty one.
    fn find(&self, name: &[u8]) -> HeaderSet {
        let position = self.0.iter().position(|known| known.eq_ignore_ascii_case(name));
        let bit = position.and_then(|at| u32::try_from(at).ok()).and_then(|at| 1_u64.checked_shl(at));
        HeaderSet(bit.unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_names_without_regard_to_case() {
        let mut headers = Headers::default();
        headers.record(b"USER-agent", b"curl/8.5.0");
        assert_eq!(headers.user_agent(), Some(&b"curl/8.5.0"[..]));
    }

    #[test]
    fn takes_the_first_of_two_user_agents() {
        let mut headers = Headers::default();
        headers.record(b"user-agent", b"");
        headers.record(b"user-agent", b"Mozilla/5.0");
        assert_eq!(headers.user_agent(), Some(&b""[..]));
    }

    #[test]
    fn keeps_the_lines_of_x_forwarded_for_in_their_order() {
        let mut headers = Headers::default();
        headers.record(b"X-Forwarded-For", b"192.0.2.1, 192.0.2.2");
        headers.record(b"x-forwarded-for", b"192.0.2.3");
        let mut expected = ForwardedFor::default();
        expected.push(b"192.0.2.1, 192.0.2.2");
        expected.push(b"192.0.2.3");
        assert_eq!(headers.forwarded_for(), &expected);
    }

    #[test]
    fn passes_over_other_headers() {
        let mut headers = Headers::default();
        headers.record(b"x-user-agent", b"curl/8.5.0");
        assert_eq!(headers, Headers::default());
    }

    #[test]
    fn finds_a_cookie_by_its_whole_name() {
        let cookie = |line: &'static str, name: &str| {
            let mut headers = Headers::default();
            headers.record(b"Cookie", line.as_bytes());
            headers.cookie(name.as_bytes()).map(|value| String::from_utf8_lossy(value).into_owned())
        };
        assert_eq!(cookie("a=1; uniq=x=y; uniq=2", "uniq").as_deref(), Some("x=y"));
        assert_eq!(cookie("uniq=\"q\"", "uniq").as_deref(), Some("q"));
        for line in ["", "uniq", "uniq=", "uniq=\"\"", "xuniq=1", "Uniq=1", "a=uniq=1", "uniq =1"] {
            assert_eq!(cookie(line, "uniq"), None, "{line}");
        }
    }

    #[test]
    fn finds_every_cookie_of_a_name_in_the_first_line() {
        let mut headers = Headers::default();
        headers.record(b"Cookie", b"s=1; t=2; s=\"3\";s=; s");
        headers.record(b"Cookie", b"s=4");
        assert_eq!(headers.cookies(b"s").collect::<Vec<_>>(), [&b"1"[..], b"3", b""]);
    }

    #[test]
    fn notes_the_presence_of_what_is_watched_if_it_has_a_value() {
        let mut watched = WatchedHeaders::default();
        let authorization = watched.watch("authorization").unwrap();
        let other = watched.watch("x-other").unwrap();
        assert_eq!(watched.watch("authorization"), Some(authorization));

        let mut headers = Headers::watching(&watched);
        headers.record(b"Authorization", b" ");
        assert!(!headers.has_any(authorization));
        headers.record(b"Authorization", b"Basic x");
        assert!(headers.has_any(authorization) && !headers.has_any(other));
    }

    #[test]
    fn watches_as_many_names_as_a_set_has_bits() {
        let mut watched = WatchedHeaders::default();
        for n in 0..WatchedHeaders::MAX {
            assert!(watched.watch(&format!("x-{n}")).is_some());
        }
        assert_eq!(watched.watch("x-more"), None);
    }
}
