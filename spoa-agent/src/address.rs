//! Where the agent listens.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

/// An address to listen on, spelled as in HAProxy's configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListenAddress {
    /// An IP address with a port, `127.0.0.1:9000` or `[::1]:9000`; port 0 lets the system choose one.
    Tcp(SocketAddr),
    /// The file of a unix stream socket, `unix@/run/provenance/agent.sock`.
    Unix(PathBuf),
}

impl ListenAddress {
    const UNIX: &str = "unix@";
}

/// A text that is no [`ListenAddress`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected 127.0.0.1:9000, [::1]:9000 or unix@/run/provenance/agent.sock")]
pub struct AddressError;

/// Names are refused: what they resolve to may change. So are relative files: what they are relative to may, too.
impl FromStr for ListenAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        match text.strip_prefix(Self::UNIX) {
            Some(file) if file.starts_with('/') => Ok(Self::Unix(file.into())),
            Some(_) => Err(AddressError),
            None => text.parse().map(Self::Tcp).map_err(|_| AddressError),
        }
    }
}

impl fmt::Display for ListenAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => address.fmt(f),
            Self::Unix(file) => write!(f, "{}{}", Self::UNIX, file.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_what_it_reads() {
        for text in ["127.0.0.1:9000", "[::1]:9000", "0.0.0.0:0", "unix@/run/x.sock"] {
            assert_eq!(text.parse::<ListenAddress>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn refuses_names_bare_ports_and_relative_files() {
        for text in
            ["", "localhost:9000", "9000", ":9000", "::1:9000", "127.0.0.1", "unix@", "unix@x.sock", "/x"]
        {
            assert_eq!(text.parse::<ListenAddress>(), Err(AddressError), "{text:?}");
        }
    }
}
