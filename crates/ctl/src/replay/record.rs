use std::borrow::Cow;
use std::net::IpAddr;

use policy::facts::Connection;
use policy::verdict::Action;
use policy::{Policy, Request, Timestamp};

/// Text of a log, borrowed from its line where nothing in it is escaped.
pub type Text<'l> = Cow<'l, [u8]>;

/// What a line of a log says of one request.
#[derive(Clone, Debug, Default)]
pub struct Record<'l> {
    /// When the request came; none where the line has no time.
    pub time: Option<Timestamp>,
    /// Who had connected.
    pub ip: Option<IpAddr>,
    /// Method.
    pub method: Text<'l>,
    /// Host, empty where it is not known.
    pub host: Text<'l>,
    /// Path, without the query.
    pub path: Text<'l>,
    /// Query, without `?`.
    pub query: Option<Text<'l>>,
    /// What is known of the connection.
    pub connection: Connection,
    /// `User-Agent`.
    pub user_agent: Option<Text<'l>>,
    /// `Referer`.
    pub referer: Option<Text<'l>>,
    /// Further headers.
    pub headers: Vec<(Text<'l>, Text<'l>)>,
    /// Status of the answer at that time.
    pub status: Option<u16>,
}

impl<'l> Record<'l> {
    /// Takes note of a header. A `-` is what logs write for one that was not there.
    pub fn record(&mut self, name: &[u8], value: Text<'l>) {
        if matches!(&*value, b"" | b"-") {
            return;
        }
        match name.len() {
            10 if name.eq_ignore_ascii_case(b"user-agent") => {
                self.user_agent.get_or_insert(value);
            }
            7 if name.eq_ignore_ascii_case(b"referer") => {
                self.referer.get_or_insert(value);
            }
            4 if name.eq_ignore_ascii_case(b"host") && self.host.is_empty() => self.host = value,
            4 if name.eq_ignore_ascii_case(b"host") => {}
            _ => self.headers.push((Cow::Owned(name.to_vec()), value)),
        }
    }

    /// The first header of this name among the further ones.
    pub(super) fn header(&self, name: &[u8]) -> Option<Text<'l>> {
        let mut values = self.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        values.next().map(|(_, value)| value.clone())
    }

    /// The request as `policy` judges it.
    #[must_use]
    pub fn request<'r>(&'r self, policy: &'r Policy) -> Request<'r> {
        let mut headers = policy.headers();
        for (name, value) in [(&b"user-agent"[..], &self.user_agent), (&b"referer"[..], &self.referer)] {
            if let Some(value) = value {
                headers.record(name, value);
            }
        }
        for (name, value) in &self.headers {
            headers.record(name, value);
        }
        Request {
            ip: self.ip,
            method: &self.method,
            host: &self.host,
            path: &self.path,
            query: self.query.as_deref(),
            headers,
            connection: self.connection,
        }
    }

    /// What the edge did then, as far as the status tells: an origin may answer 403 and 429, too.
    #[must_use]
    pub fn answered(&self) -> Option<Action> {
        self.status.map(|status| match status {
            403 => Action::Deny,
            429 => Action::Limit,
            _ => Action::Allow,
        })
    }
}
