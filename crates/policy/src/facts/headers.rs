use std::fmt;

/// The request headers that a policy looks at.
///
/// Filled in one pass over whatever a proxy has ([`Headers::record`]); nothing is copied and order does not matter, but for
/// duplicates: of a header that may stand only once (RFC 9110 section 5.3), the first counts, in both proxies alike.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Headers<'a> {
    host: Option<&'a [u8]>,
    user_agent: Option<&'a [u8]>,
    api_user_agent: Option<&'a [u8]>,
}

impl<'a> Headers<'a> {
    /// Takes note of a header; the name is compared without regard to case, one that no policy looks at is passed over.
    pub fn record(&mut self, name: &[u8], value: &'a [u8]) {
        let field = if name.eq_ignore_ascii_case(b"host") {
            &mut self.host
        } else if name.eq_ignore_ascii_case(b"user-agent") {
            &mut self.user_agent
        } else if name.eq_ignore_ascii_case(b"api-user-agent") {
            &mut self.api_user_agent
        } else {
            return;
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
}

/// Lengths alone: what a client sends may be a secret, or pretend to be a line of the log.
impl fmt::Debug for Headers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = |field: Option<&[u8]>| field.map(<[u8]>::len);
        f.debug_struct("Headers")
            .field("host_bytes", &bytes(self.host))
            .field("user_agent_bytes", &bytes(self.user_agent))
            .field("api_user_agent_bytes", &bytes(self.api_user_agent))
            .finish()
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
    fn passes_over_other_headers() {
        let mut headers = Headers::default();
        headers.record(b"x-user-agent", b"curl/8.5.0");
        assert_eq!(headers, Headers::default());
    }
}
