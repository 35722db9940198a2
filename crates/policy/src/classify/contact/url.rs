//! `http` and `https` URLs, and whether a library would have written them itself.

use memchr::memmem;

use super::{
    SoftwareUrls,
    domain::{is_host_byte, is_public_domain, is_within},
    scan::{balanced_prefix, prefix_while, printable_prefix, trim_end},
};

/// Hosts of source code: in a library's default user agent their pages describe the library.
const CODE_FORGES: [&[u8]; 9] = [
    b"github.com",
    b"gitlab.com",
    b"codeberg.org",
    b"bitbucket.org",
    b"sourceforge.net",
    b"sf.net",
    b"sr.ht",
    b"gitee.com",
    b"code.google.com",
];

pub(super) fn find_url<'a>(mut user_agent: &'a [u8], software: SoftwareUrls<'_>) -> Option<&'a str> {
    let mut from = 0;
    while let Some(offset) = memmem::find(user_agent.get(from..)?, b"://") {
        let colon = from.checked_add(offset)?;
        from = colon.checked_add(1)?;
        let Some(url) = Url::at(user_agent, colon) else { continue };
        if !software.disowns(url.host) {
            return Some(url.text);
        }
        user_agent = user_agent.get(from.checked_add(url.rest)?..)?;
        from = 0;
    }
    None
}

struct Url<'a> {
    text: &'a str,
    host: &'a [u8],
    /// Bytes from behind the scheme's colon to where reading stopped.
    rest: usize,
}

impl<'a> Url<'a> {
    /// RFC 3986 as far as user agents go: `http(s)://host[:port]` and what follows up to white space, a `;`, a
    /// byte that no URL has, or a bracket that was opened outside.
    ///
    /// Not a contact: a URL with a user in it, and a host that is empty, without a dot, an IP address or private.
    fn at(user_agent: &'a [u8], colon: usize) -> Option<Self> {
        let (scheme, rest) = user_agent.split_at_checked(colon)?;
        let scheme_bytes = [b"https".as_slice(), b"http"].iter().find_map(|name| {
            let start = scheme.len().checked_sub(name.len())?;
            scheme.get(start..)?.eq_ignore_ascii_case(name).then_some(name.len())
        })?;
        let authority = rest.strip_prefix(b"://")?;
        if prefix_while(authority, |byte| !matches!(byte, b'/' | b'?' | b'#' | b';') && is_url_byte(byte))
            .contains(&b'@')
        {
            return None;
        }
        let host_and_dot = prefix_while(authority, is_host_byte);
        let host = trim_end(host_and_dot, b".-_");
        if !is_public_domain(host) {
            return None;
        }
        let end = authority_end(authority, host_and_dot.len())?;
        let rest_bytes = end.checked_add(b"//".len())?;
        let text = user_agent
            .get(colon.checked_sub(scheme_bytes)?..colon.checked_add(1)?.checked_add(rest_bytes)?)?;
        let text = printable_prefix(text).trim_end_matches(['.', ',', ':', '!', '?', '\'', '*', '-', '_']);
        let host_end = scheme_bytes.checked_add(b"://".len())?.checked_add(host.len())?;
        (text.len() >= host_end).then_some(Self { text, host, rest: rest_bytes })
    }
}

/// Length of host, port, path, query and fragment, of which the host takes `host_bytes`.
fn authority_end(authority: &[u8], host_bytes: usize) -> Option<usize> {
    let after_host = authority.get(host_bytes..)?;
    let port = after_host
        .strip_prefix(b":")
        .map_or(0, |port| prefix_while(port, |byte| byte.is_ascii_digit()).len());
    let port_bytes = if port == 0 { 0 } else { port.checked_add(1)? };
    let path = after_host.get(port_bytes..)?;
    let path_bytes = match path.first() {
        Some(b'/' | b'?' | b'#') => balanced_prefix(path, |byte| byte != b';' && is_url_byte(byte)).len(),
        _ => 0,
    };
    host_bytes.checked_add(port_bytes)?.checked_add(path_bytes)
}

/// RFC 3986, 2, and what RFC 3987 adds.
fn is_url_byte(byte: u8) -> bool {
    (byte.is_ascii_graphic()
        && !matches!(byte, b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}'))
        || !byte.is_ascii()
}

impl SoftwareUrls<'_> {
    fn disowns(self, host: &[u8]) -> bool {
        let Self::Ignore { library } = self else { return false };
        let second_level = host.rsplit(|byte| *byte == b'.').nth(1);
        second_level.is_some_and(|label| label.eq_ignore_ascii_case(library))
            || CODE_FORGES.iter().any(|forge| is_within(host, forge))
    }
}
