use std::env;
use std::io;
use std::net::TcpListener;
use std::os::unix::net::UnixListener;

use listenfd::ListenFd;

/// The sockets that the service manager has passed to this process, and that nobody has taken yet.
#[derive(Debug, Default)]
pub struct Inherited(Vec<(String, Socket)>);

/// A socket that is listened on.
#[derive(Debug)]
pub enum Socket {
    /// Of TCP.
    Tcp(TcpListener),
    /// A unix stream socket; its file is systemd's.
    Unix(UnixListener),
}

impl Inherited {
    /// Takes over what was passed: descriptors 3 and up as `LISTEN_FDS` says, if `LISTEN_PID` is this process, by the names in
    /// `LISTEN_FDNAMES`.
    ///
    /// # Errors
    /// If one of them is no stream socket.
    pub fn from_env() -> io::Result<Self> {
        let names = env::var("LISTEN_FDNAMES").unwrap_or_default();
        let mut names = names.split(':');
        let mut passed = ListenFd::from_env();
        let mut sockets = Vec::new();
        for place in 0..passed.len() {
            let name = names.next().unwrap_or_default().to_owned();
            let socket = match passed.take_unix_listener(place) {
                Ok(socket) => socket.map(Socket::Unix),
                Err(_) => passed.take_tcp_listener(place)?.map(Socket::Tcp),
            };
            sockets.extend(socket.map(|socket| (name, socket)));
        }
        Ok(Self(sockets))
    }

    /// The sockets of this `FileDescriptorName=`; all that are left where no name is given.
    pub fn take(&mut self, name: Option<&str>) -> Vec<Socket> {
        let of_name = |(given, _): &mut (String, Socket)| name.is_none_or(|name| name == given);
        self.0.extract_if(.., of_name).map(|(_, socket)| socket).collect()
    }

    /// The names of those that nobody has taken.
    pub fn left(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| &**name)
    }
}
