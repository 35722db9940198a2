//! What HAProxy logs, which holds the fields of the verdict.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::{Error, at};

/// How long a log line may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often the reader looks whether anybody still wants lines.
const PAUSE: Duration = Duration::from_millis(200);

/// The socket that HAProxy logs to. It is read all the time: HAProxy drops the lines that find the socket full.
#[derive(Debug)]
pub struct LogSocket {
    lines: Arc<Lines>,
}

/// Lines that nobody has asked for yet.
#[derive(Debug, Default)]
struct Lines {
    lines: Mutex<Vec<String>>,
    arrived: Condvar,
}

/// The `name=value` fields at the end of a line of the shipped log format.
pub type Fields = BTreeMap<String, String>;

impl LogSocket {
    /// Binds a socket at `path`.
    ///
    /// # Errors
    /// If that is not possible.
    pub fn bind(path: &Path) -> Result<Self, Error> {
        let socket = UnixDatagram::bind(path).map_err(at(path))?;
        socket.set_read_timeout(Some(PAUSE)).map_err(at(path))?;
        let lines = Arc::new(Lines::default());
        let wanted = Arc::downgrade(&lines);
        thread::spawn(move || {
            let mut line = vec![0; 64 * 1024];
            while let Some(lines) = wanted.upgrade() {
                if let Ok(length) = socket.recv(&mut line) {
                    lines.add(String::from_utf8_lossy(line.get(..length).unwrap_or_default()).into_owned());
                }
            }
        });
        Ok(Self { lines })
    }

    /// The fields of the first line for a request from `client` that has not been asked for.
    #[must_use]
    pub fn fields_of(&self, client: SocketAddr) -> Option<Fields> {
        self.line_of(client).map(|line| fields(&line))
    }

    /// That line itself.
    #[must_use]
    pub fn line_of(&self, client: SocketAddr) -> Option<String> {
        // HAProxy writes an IPv6 address without brackets.
        let client = format!(" {}:{} [", client.ip(), client.port());
        self.lines.take(|line| line.contains(&client))
    }
}

impl Lines {
    fn add(&self, line: String) {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        self.arrived.notify_all();
    }

    fn take(&self, is_wanted: impl Fn(&String) -> bool) -> Option<String> {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = self.arrived.wait_timeout_while(lines, PATIENCE, |lines| !lines.iter().any(&is_wanted));
        let (mut lines, _) = wait.unwrap_or_else(PoisonError::into_inner);
        let place = lines.iter().position(is_wanted)?;
        Some(lines.remove(place))
    }
}

/// The fields of a line, the last of which is the request, quoted; `-` stands for a field without value.
fn fields(line: &str) -> Fields {
    let tail = line.find(" action=").and_then(|at| line.get(at..)).unwrap_or_default();
    let mut fields = Fields::new();
    let mut rest = tail.trim();
    while let Some((name, after)) = rest.split_once('=') {
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => after.split_once(' ').unwrap_or((after, "")),
        };
        if !value.is_empty() && value != "-" {
            fields.insert(name.trim().to_owned(), value.to_owned());
        }
        rest = after.trim_start();
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_plain_and_quoted_fields_and_leaves_out_those_without_value() {
        let line = r#"x action=deny reason=ua.none code=- would="deny ua.none" contact="" request="GET /?a=b HTTP/1.1""#;
        let fields = fields(line);
        assert_eq!(fields.get("action").map(String::as_str), Some("deny"));
        assert_eq!(fields.get("would").map(String::as_str), Some("deny ua.none"));
        assert_eq!(fields.get("request").map(String::as_str), Some("GET /?a=b HTTP/1.1"));
        assert_eq!(fields.len(), 4);
    }

    #[test]
    fn lines_are_found_in_any_order_and_each_of_them_once() {
        let lines = Lines::default();
        ["one a", "two", "one b"].into_iter().for_each(|line| lines.add(line.to_owned()));
        let take = |wanted: &str| lines.take(|line| line.starts_with(wanted));
        assert_eq!(take("two").as_deref(), Some("two"));
        assert_eq!((take("one").as_deref(), take("one").as_deref()), (Some("one a"), Some("one b")));
    }
}
