//! A socket that is listened on.

use std::fmt;
use std::fs::{self, Permissions};
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use tokio::net::{TcpListener, TcpSocket, TcpStream, UnixListener, UnixStream};

use crate::address::ListenAddress;
use crate::error::Error;
use crate::systemd::{Inherited, Socket};

/// Connections that the system completes before they are accepted; it takes no more than its own `net.core.somaxconn`.
const BACKLOG: u32 = 4096;

/// What an address says that only a service manager can give.
const NOT_PASSED: &str =
    "systemd has passed no such socket: see ListenStream= and FileDescriptorName= of the socket unit";

/// Owner and group may connect: HAProxy runs in the agent's group, or the other way round.
const SOCKET_MODE: u32 = 0o660;

/// A bound socket.
#[derive(Debug)]
pub enum Listener {
    /// A TCP socket.
    Tcp(TcpListener),
    /// A unix stream socket and the file that stands for it; that of a socket which systemd has passed stays when the agent goes.
    Unix(UnixListener, Option<SocketFile>),
}

/// A connection that was accepted.
#[derive(Debug)]
pub enum Accepted {
    /// From this address.
    Tcp(TcpStream, SocketAddr),
    /// From a process of this machine.
    Unix(UnixStream),
}

impl Listener {
    /// Binds an address.
    ///
    /// The file of a unix socket on which nobody answers any more is replaced; any other file stays.
    ///
    /// # Errors
    /// [`Error::Listen`] if the address is taken or the system refuses it.
    pub async fn bind(address: &ListenAddress) -> Result<Self, Error> {
        let bound = match address {
            ListenAddress::Tcp(address) => bind_tcp(*address).map(Self::Tcp),
            ListenAddress::Unix(file) => bind_unix(file).await,
            ListenAddress::Systemd(_) => Err(io::Error::new(io::ErrorKind::NotFound, NOT_PASSED)),
        };
        bound.map_err(|source| Error::Listen { address: address.clone(), source })
    }

    /// Binds an address, or takes what systemd has passed for it: one socket or more.
    ///
    /// # Errors
    /// As [`bind`](Self::bind), and if there is no such socket.
    pub async fn open(address: &ListenAddress, inherited: &mut Inherited) -> Result<Vec<Self>, Error> {
        let ListenAddress::Systemd(name) = address else { return Ok(vec![Self::bind(address).await?]) };
        let sockets = inherited.take(name.as_deref()).into_iter();
        let opened = sockets.map(Self::inherit).collect::<io::Result<Vec<_>>>();
        let opened = opened.and_then(|opened| match opened.is_empty() {
            true => Err(io::Error::new(io::ErrorKind::NotFound, NOT_PASSED)),
            false => Ok(opened),
        });
        opened.map_err(|source| Error::Listen { address: address.clone(), source })
    }

    /// Whether only this machine can connect. An address that cannot be asked for is none.
    #[must_use]
    pub fn is_local(&self) -> bool {
        match self {
            Self::Tcp(listener) => {
                listener.local_addr().is_ok_and(|address| ListenAddress::Tcp(address).is_local())
            }
            Self::Unix(..) => true,
        }
    }

    fn inherit(socket: Socket) -> io::Result<Self> {
        match socket {
            Socket::Tcp(listener) => {
                listener.set_nonblocking(true)?;
                TcpListener::from_std(listener).map(Self::Tcp)
            }
            Socket::Unix(listener) => {
                listener.set_nonblocking(true)?;
                Ok(Self::Unix(UnixListener::from_std(listener)?, None))
            }
        }
    }

    /// Waits for a connection.
    ///
    /// # Errors
    /// See accept(2). An error of one connection says nothing about the next.
    pub async fn accept(&self) -> io::Result<Accepted> {
        match self {
            Self::Tcp(listener) => {
                let (stream, peer) = listener.accept().await?;
                // An answer is written at once and must not wait for the acknowledgement of the one before. The option fails
                // only on a connection that is gone already, which reading from it will tell.
                let _ = stream.set_nodelay(true);
                Ok(Accepted::Tcp(stream, peer))
            }
            Self::Unix(listener, _) => listener.accept().await.map(|(stream, _)| Accepted::Unix(stream)),
        }
    }
}

/// The address as it is, with the port that the system chose for port 0.
impl fmt::Display for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(listener) => match listener.local_addr() {
                Ok(address) => ListenAddress::Tcp(address).fmt(f),
                Err(_) => Err(fmt::Error),
            },
            Self::Unix(_, Some(file)) => ListenAddress::Unix(file.path.clone()).fmt(f),
            Self::Unix(listener, None) => {
                let address = listener.local_addr().map_err(|_| fmt::Error)?;
                ListenAddress::Unix(address.as_pathname().unwrap_or(Path::new("(unnamed)")).to_owned()).fmt(f)
            }
        }
    }
}

fn bind_tcp(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

async fn bind_unix(path: &Path) -> io::Result<Listener> {
    remove_stale(path).await?;
    let listener = UnixListener::bind(path)?;
    let file = SocketFile::of(path)?;
    // Until here the umask alone decides who may connect; a directory of its own keeps others out altogether.
    fs::set_permissions(path, Permissions::from_mode(SOCKET_MODE))?;
    Ok(Listener::Unix(listener, Some(file)))
}

/// Removes the file that an agent left behind when it was killed.
async fn remove_stale(path: &Path) -> io::Result<()> {
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    if !metadata.file_type().is_socket() {
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, "the file exists and is not a socket"));
    }
    match UnixStream::connect(path).await {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => fs::remove_file(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Err(error),
        // A listener whose backlog is full answers "would block": it is alive.
        Ok(_) | Err(_) => Err(io::Error::new(io::ErrorKind::AddrInUse, "another process is listening there")),
    }
}

/// The file of a unix socket. It is removed when this is dropped, unless another socket has taken its place.
#[derive(Debug)]
pub struct SocketFile {
    path: PathBuf,
    device: u64,
    inode: u64,
}

impl SocketFile {
    fn of(path: &Path) -> io::Result<Self> {
        let metadata = fs::symlink_metadata(path)?;
        Ok(Self { path: path.to_owned(), device: metadata.dev(), inode: metadata.ino() })
    }

    fn is_ours(&self) -> bool {
        fs::symlink_metadata(&self.path)
            .is_ok_and(|metadata| (metadata.dev(), metadata.ino()) == (self.device, self.inode))
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        if self.is_ours() {
            // If it stays, the next start removes it.
            let _ = fs::remove_file(&self.path);
        }
    }
}
