//! What HAProxy logs, which holds the fields of the verdict.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::{Error, at};

/// How long a log line may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// The socket that HAProxy logs to.
#[derive(Debug)]
pub struct LogSocket {
    socket: UnixDatagram,
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
        socket.set_read_timeout(Some(PATIENCE)).map_err(at(path))?;
        Ok(Self { socket })
    }

    /// The fields of the line for the request that came from `client`; lines of others are passed over.
    #[must_use]
    pub fn fields_of(&self, client: SocketAddr) -> Option<Fields> {
        let client = format!(" {client} [");
        let deadline = Instant::now() + PATIENCE;
        let mut line = vec![0; 64 * 1024];
        while Instant::now() < deadline {
            let length = self.socket.recv(&mut line).ok()?;
            let line = String::from_utf8_lossy(line.get(..length)?).into_owned();
            if line.contains(&client) {
                return Some(fields(&line));
            }
        }
        None
    }
}

/// The fields of a line. They begin behind the request, which is quoted; `-` stands for a field without value.
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
        let line =
            r#"x "GET /?a=b HTTP/1.1" action=deny reason=ua.none code=- would="deny ua.none" contact="""#;
        let fields = fields(line);
        assert_eq!(fields.get("action").map(String::as_str), Some("deny"));
        assert_eq!(fields.get("would").map(String::as_str), Some("deny ua.none"));
        assert_eq!(fields.len(), 3);
    }
}
