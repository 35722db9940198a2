use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Lines of `X-Forwarded-For` that are kept: each proxy may add one of its own, as HAProxy does.
const MAX_LINES: usize = 4;

/// Entries that are looked at, from the right.
const MAX_ENTRIES: usize = 32;

/// The lines of `X-Forwarded-For`, which are one list in their order:
///
/// ```text
/// X-Forwarded-For: spoofed, 203.0.113.7      client, as the first proxy saw it (what stands left of it, the client sent)
/// X-Forwarded-For: 198.51.100.2              first proxy, as the second saw it
///                                            the second proxy is the peer of the connection
/// ```
///
/// The last four lines are kept: they were written last, by the proxies that are nearest.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ForwardedFor<'a> {
    lines: [&'a [u8]; MAX_LINES],
    kept: usize,
    /// Whether there were more lines than are kept.
    cut: bool,
}

/// The address of the client: the first from the right that is no trusted proxy's, the peer being rightmost. If all are trusted
/// proxies', the leftmost.
///
/// `None` where a trusted proxy names nobody at all, and where the walk ends before such an address is found: at an entry that
/// is no address (`unknown`, say), after [`MAX_ENTRIES`], or where lines are missing. A trusted proxy speaks for somebody then,
/// and nobody knows for whom; it would be wrong to take the request for the proxy's own, whose network may be let pass
/// everything.
pub(crate) fn client_address(
    peer: IpAddr,
    forwarded: &ForwardedFor<'_>,
    is_trusted_proxy: impl Fn(IpAddr) -> bool,
) -> Option<IpAddr> {
    let mut client = peer.to_canonical();
    if !is_trusted_proxy(client) {
        return Some(client);
    }
    if forwarded.kept == 0 {
        return None;
    }
    let mut entries = forwarded.entries_from_the_right();
    for entry in entries.by_ref().take(MAX_ENTRIES) {
        client = parse_entry(entry)?;
        if !is_trusted_proxy(client) {
            return Some(client);
        }
    }
    let all_seen = entries.next().is_none() && !forwarded.cut;
    all_seen.then_some(client)
}

impl<'a> ForwardedFor<'a> {
    /// Adds a line behind those that are there.
    pub(crate) fn push(&mut self, line: &'a [u8]) {
        if let Some(free) = self.lines.get_mut(self.kept) {
            *free = line;
            self.kept = self.kept.saturating_add(1);
            return;
        }
        self.cut = true;
        self.lines.rotate_left(1);
        if let Some(last) = self.lines.last_mut() {
            *last = line;
        }
    }

    fn entries_from_the_right(&self) -> impl Iterator<Item = &'a [u8]> {
        let lines = self.lines.get(..self.kept).unwrap_or_default();
        lines.iter().rev().flat_map(|line| line.rsplit(|byte| *byte == b','))
    }
}

/// The address of an entry: IPv4, IPv6, or one of them with the port that some proxies add (`192.0.2.1:443`,
/// `[2001:db8::1]:443`).
///
/// Everything else is no address: an empty entry, `unknown`, names, what is quoted, a zone (`fe80::1%eth0`).
fn parse_entry(entry: &[u8]) -> Option<IpAddr> {
    let text = str::from_utf8(entry.trim_ascii()).ok()?;
    let ip = if let Some(rest) = text.strip_prefix('[') {
        let (ip, rest) = rest.split_once(']')?;
        if !rest.is_empty() {
            check_port(rest.strip_prefix(':')?)?;
        }
        IpAddr::V6(ip.parse::<Ipv6Addr>().ok()?)
    } else if let Ok(ip) = text.parse::<IpAddr>() {
        ip
    } else {
        let (ip, port) = text.split_once(':')?;
        check_port(port)?;
        IpAddr::V4(ip.parse::<Ipv4Addr>().ok()?)
    };
    Some(ip.to_canonical())
}

fn check_port(port: &str) -> Option<u16> {
    port.parse().ok().filter(|_| port.bytes().all(|byte| byte.is_ascii_digit()))
}

/// How much there is alone: what a client sends may pretend to be a line of the log.
impl fmt::Debug for ForwardedFor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes: usize = self.lines.iter().map(|line| line.len()).fold(0, usize::saturating_add);
        f.debug_struct("ForwardedFor")
            .field("lines", &self.kept)
            .field("bytes", &bytes)
            .field("cut", &self.cut)
            .finish()
    }
}

#[cfg(test)]
mod tests;
