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
    /// Sockets that systemd passes: those of a `FileDescriptorName=`, `systemd@spop`, or all that no other address takes, `systemd`.
    Systemd(Option<Box<str>>),
}

impl ListenAddress {
    const UNIX: &str = "unix@";
    const SYSTEMD: &str = "systemd";

    /// Whether only this machine can connect. For what systemd passes that is known when it is there: see
    /// [`Listener::is_local`](crate::listener::Listener::is_local).
    #[must_use]
    pub fn is_local(&self) -> bool {
        match self {
            Self::Tcp(address) => address.ip().to_canonical().is_loopback(),
            Self::Unix(_) | Self::Systemd(_) => true,
        }
    }
}

/// A text that is no [`ListenAddress`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected 127.0.0.1:9000, [::1]:9000, unix@/run/provenance/agent.sock, systemd or systemd@NAME")]
pub struct AddressError;

/// Names are refused: what they resolve to may change. So are relative files: what they are relative to may, too.
impl FromStr for ListenAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        if let Some(file) = text.strip_prefix(Self::UNIX) {
            return if file.starts_with('/') { Ok(Self::Unix(file.into())) } else { Err(AddressError) };
        }
        match text.strip_prefix(Self::SYSTEMD).map(|rest| (rest, rest.strip_prefix('@'))) {
            Some(("", _)) => Ok(Self::Systemd(None)),
            Some((_, Some(name))) if !name.is_empty() => Ok(Self::Systemd(Some(name.into()))),
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
            Self::Systemd(None) => f.write_str(Self::SYSTEMD),
            Self::Systemd(Some(name)) => write!(f, "{}@{name}", Self::SYSTEMD),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_what_it_reads() {
        for text in
            ["127.0.0.1:9000", "[::1]:9000", "0.0.0.0:0", "unix@/run/x.sock", "systemd", "systemd@a.socket"]
        {
            assert_eq!(text.parse::<ListenAddress>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn refuses_names_bare_ports_and_relative_files() {
        for text in [
            "",
            "localhost:9000",
            "9000",
            ":9000",
            "::1:9000",
            "127.0.0.1",
            "unix@",
            "unix@x.sock",
            "/x",
            "systemd@",
            "systemd:1",
            "systemdx",
        ] {
            assert_eq!(text.parse::<ListenAddress>(), Err(AddressError), "{text:?}");
        }
    }

    #[test]
    fn only_loopback_and_sockets_of_this_machine_are_local() {
        for (text, local) in [
            ("127.0.0.1:1", true),
            ("127.8.0.1:1", true),
            ("[::1]:1", true),
            ("[::ffff:127.0.0.1]:1", true),
            ("unix@/run/x", true),
            ("0.0.0.0:1", false),
            ("[::]:1", false),
            ("192.0.2.1:1", false),
        ] {
            assert_eq!(text.parse::<ListenAddress>().unwrap().is_local(), local, "{text}");
        }
    }
}
