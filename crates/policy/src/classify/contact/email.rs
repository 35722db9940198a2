//! E-mail addresses (RFC 5321, 4.1.2), as far as people write them into user agents.

use memchr::memchr_iter;

use super::{
    domain::{is_host_byte, is_public_domain, is_version},
    scan::{is_printable, prefix_while, suffix_while, trim_end, trim_start},
};

/// RFC 5321, 4.5.3.1.1: octets before the `@`.
const MAX_LOCAL_PART_BYTES: usize = 64;

pub(super) fn find_email(user_agent: &[u8]) -> Option<&str> {
    memchr_iter(b'@', user_agent).find_map(|at| email_at(user_agent, at))
}

/// `local "@" domain` around the `@` at offset `at`.
///
/// Not an address: a fediverse handle (`@bob@example.org`), the user of a URL (`//bob@example.org/`), a package's
/// version (`app@1.2.0-rc.next`), `user@localhost`, an address literal.
fn email_at(user_agent: &[u8], at: usize) -> Option<&str> {
    let (before, after) = user_agent.split_at_checked(at)?;
    let run = suffix_while(before, is_local_part_byte);
    let local = trim_start(run, b"+-.%");
    if !is_local_part(local) {
        return None;
    }
    let domain = trim_end(prefix_while(after.get(1..)?, is_host_byte), b".-_");
    if !is_public_domain(domain) || is_version(domain) {
        return None;
    }
    let end = at.checked_add(1)?.checked_add(domain.len())?;
    let outside = before.get(..before.len().checked_sub(run.len())?)?;
    if outside.ends_with(b"@") || user_agent.get(end) == Some(&b'@') || ends_in_authority(outside) {
        return None;
    }
    let address = user_agent.get(at.checked_sub(local.len())?..end)?;
    std::str::from_utf8(address).ok().filter(|text| text.chars().all(is_printable))
}

/// RFC 5321, 4.1.2: a dot stands between two other characters.
fn is_local_part(local: &[u8]) -> bool {
    (1..=MAX_LOCAL_PART_BYTES).contains(&local.len())
        && !local.ends_with(b".")
        && !local.windows(2).any(|pair| pair == b"..")
}

/// Whether what follows is the user (`//`) or the password (`//user:`) of a URL.
fn ends_in_authority(outside: &[u8]) -> bool {
    let user = outside.strip_suffix(b":").map_or(outside, |rest| {
        let run = suffix_while(rest, is_local_part_byte);
        rest.strip_suffix(run).unwrap_or(rest)
    });
    user.ends_with(b"//")
}

/// RFC 5321 allows more; what is left out (`/`, `=`, quotes) separates words in real user agents.
fn is_local_part_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'%' | b'+' | b'-') || !byte.is_ascii()
}
