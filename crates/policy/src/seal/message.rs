//! The canonical message, which the MAC covers.

use hmac::Mac as _;

use super::key::Mac;
use super::rewrite::Rewrite;
use super::token::Scope;
use crate::facts::host::without_port;
use crate::facts::path::normalise;

/// What a seal vouches for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Message<'a> {
    pub(crate) scope: Scope,
    /// As in the `Host` header.
    pub(crate) host: &'a [u8],
    /// As in the request target, without the query.
    pub(crate) path: &'a [u8],
    pub(crate) site: &'a str,
    pub(crate) generator: &'a str,
    pub(crate) format: &'a str,
    /// Seconds since the Unix epoch, in decimal.
    pub(crate) ts: &'a str,
}

impl Message<'_> {
    /// Feeds the canonical message to a MAC.
    pub(crate) fn authenticate(&self, rewrites: &[Rewrite], mac: &mut Mac) {
        let mut gathered = Gathered { mac, bytes: [0; GATHERED], length: 0 };
        self.write(rewrites, |piece| gathered.take(piece));
        gathered.flush();
    }

    /// Hands the canonical message to `piece`, part by part.
    fn write(&self, rewrites: &[Rewrite], mut piece: impl FnMut(&[u8])) {
        piece(b"provenance.v1\n");
        piece(if self.scope == Scope::File { b"f\n" } else { b"e\n" });
        lower_case(without_port(self.host), &mut piece);
        piece(b"\n");
        let path = normalise(self.path);
        let file = self.scope == Scope::File && !climbs(&path);
        let rewritten = file && rewrites.iter().any(|rewrite| rewrite.apply(&path, &mut piece));
        if !rewritten {
            piece(&path);
        }
        for field in [self.site, self.generator, self.format, self.ts] {
            piece(b"\n");
            piece(field.as_bytes());
        }
    }
}

/// Room for a usual message.
const GATHERED: usize = 384;

/// The parts of a message in one piece, on the stack: a MAC takes a dozen short updates for half as much again as one long.
struct Gathered<'m> {
    mac: &'m mut Mac,
    bytes: [u8; GATHERED],
    length: usize,
}

impl Gathered<'_> {
    fn take(&mut self, piece: &[u8]) {
        if piece.len() > GATHERED.saturating_sub(self.length) {
            self.flush();
        }
        let end = self.length.saturating_add(piece.len());
        match self.bytes.get_mut(self.length..end) {
            Some(room) => {
                room.copy_from_slice(piece);
                self.length = end;
            }
            None => self.mac.update(piece),
        }
    }

    fn flush(&mut self) {
        self.mac.update(self.bytes.get(..self.length).unwrap_or_default());
        self.length = 0;
    }
}

/// Whether `host` may stand in a message: not empty, no space, no control character that could end its line.
pub(crate) fn is_host(host: &[u8]) -> bool {
    !host.is_empty() && !host.iter().any(|byte| byte.is_ascii_control() || *byte == b' ')
}

/// Whether a normalised path has an escaped slash or backslash, a backslash, or a dot segment. Such a path is never rewritten: an
/// origin may resolve it to another file. This is a rule for signers too (`docs/seal.md`), and so narrower than
/// [`leads_elsewhere`](crate::facts::path::leads_elsewhere), which may grow.
fn climbs(path: &[u8]) -> bool {
    let backslash = memchr::memchr(b'\\', path).is_some();
    let escaped = memchr::memchr_iter(b'%', path)
        .any(|at| path.get(at..).is_some_and(|rest| rest.starts_with(b"%2F") || rest.starts_with(b"%5C")));
    // A path begins with a slash: what stands before the first one is no segment.
    let dots = path.split(|byte| *byte == b'/').skip(1).any(|segment| matches!(segment, b"." | b".."));
    backslash || escaped || dots
}

/// Hands `host` over in lower case, in pieces of a fixed size: a host is short and a copy on the stack costs nothing.
fn lower_case(host: &[u8], piece: &mut impl FnMut(&[u8])) {
    for part in host.chunks(64) {
        let mut lower = [0; 64];
        if let Some(lower) = lower.get_mut(..part.len()) {
            lower.copy_from_slice(part);
            lower.make_ascii_lowercase();
            piece(lower);
        }
    }
}
