//! Who has connected: what Varnish keeps of a request beside its headers.

use std::ffi::c_int;
use std::net::{IpAddr, SocketAddr};
use std::ptr;

use varnish::ffi::{SES_Get_client_addr, SES_Get_remote_addr, VCL_IP, sess, suckaddr};
use varnish::vcl::Ctx;

/// The two ends that a connection may have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Peer {
    /// `client.ip`: whom the PROXY protocol names, else whoever has connected.
    pub(crate) client: Option<IpAddr>,
    /// `remote.ip`: whoever has connected.
    pub(crate) remote: Option<IpAddr>,
}

impl Peer {
    /// That of the request at hand; nothing where there is none, and of a Unix domain socket.
    pub(crate) fn of(ctx: &Ctx<'_>) -> Self {
        let session = ctx.raw.sp;
        Self { client: address(session, SES_Get_client_addr), remote: address(session, SES_Get_remote_addr) }
    }
}

type Getter = unsafe extern "C" fn(*const sess, *mut *mut suckaddr) -> c_int;

fn address(session: *mut sess, get: Getter) -> Option<IpAddr> {
    if session.is_null() {
        return None;
    }
    let mut found = ptr::null_mut();
    // SAFETY: Varnish keeps the session of a task for as long as the task; the getter writes nothing but the pointer.
    let status = unsafe { get(session, &raw mut found) };
    let address: Option<SocketAddr> = if status == 0 { VCL_IP(found).into() } else { None };
    // Of a Unix domain socket, Varnish says 0.0.0.0.
    address.map(|address| address.ip()).filter(|ip| !ip.is_unspecified())
}
