//! The rules of contacts once more, written to be read: by words and copies, without regard to time.

use super::super::{
    ContactKind,
    domain::{is_public_domain, is_version},
    scan::is_printable,
};

pub(super) fn contact(user_agent: &[u8], library: Option<&str>) -> Option<(ContactKind, String)> {
    if user_agent.len() > 512 {
        return None;
    }
    let positions = || 0..user_agent.len();
    let email = || positions().find_map(|start| email_from(user_agent, start));
    let wiki_user = || positions().find_map(|start| wiki_user_from(user_agent, start));
    email()
        .map(|value| (ContactKind::Email, value))
        .or_else(|| url(user_agent, library).map(|value| (ContactKind::Url, value)))
        .or_else(|| wiki_user().map(|value| (ContactKind::WikiUser, value)))
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"._%+-".contains(&byte) || byte >= 0x80
}

fn is_host(byte: u8) -> bool {
    is_word(byte) && byte != b'%' && byte != b'+'
}

/// A word is a run of what addresses are made of. Only `local@domain` at its beginning can be an address: a second `@`
/// has a handle in front of it.
fn email_from(user_agent: &[u8], start: usize) -> Option<String> {
    let in_word = |byte: u8| is_word(byte) || byte == b'@';
    if start > 0 && in_word(user_agent[start - 1]) {
        return None;
    }
    let word: Vec<u8> = user_agent[start..].iter().copied().take_while(|byte| in_word(*byte)).collect();
    let parts: Vec<&[u8]> = word.split(|byte| *byte == b'@').collect();
    let [local, behind, ..] = parts.as_slice() else { return None };
    let local: Vec<u8> = local.iter().copied().skip_while(|byte| b"+-.%".contains(byte)).collect();
    let mut domain: Vec<u8> = behind.iter().copied().take_while(|byte| is_host(*byte)).collect();
    while domain.last().is_some_and(|byte| b".-_".contains(byte)) {
        domain.pop();
    }
    let handle = parts.len() > 2 && domain.len() == behind.len();
    let local_text = String::from_utf8(local).ok()?;
    let well_formed =
        (1..=64).contains(&local_text.len()) && !local_text.ends_with('.') && !local_text.contains("..");
    if handle || in_authority(&user_agent[..start]) || !well_formed {
        return None;
    }
    if !is_public_domain(&domain) || is_version(&domain) {
        return None;
    }
    let address = format!("{local_text}@{}", String::from_utf8(domain).ok()?);
    address.chars().all(is_printable).then_some(address)
}

/// `…//` or `…//user:`
fn in_authority(before: &[u8]) -> bool {
    let mut before = before.to_vec();
    if before.last() == Some(&b':') {
        before.pop();
        while before.last().is_some_and(|byte| is_word(*byte)) {
            before.pop();
        }
    }
    before.ends_with(b"//")
}

fn url(user_agent: &[u8], library: Option<&str>) -> Option<String> {
    let mut start = 0;
    while start < user_agent.len() {
        let text = &user_agent[start..];
        let scheme = ["https://", "http://"].into_iter().find(|scheme| {
            text.len() >= scheme.len() && text[..scheme.len()].eq_ignore_ascii_case(scheme.as_bytes())
        });
        match scheme.and_then(|scheme| url_at(text, scheme.len())) {
            Some((host, value, _)) if !library.is_some_and(|name| belongs_to(&host, name)) => {
                return Some(value);
            }
            Some((_, _, read)) => start += read,
            None => start += 1,
        }
    }
    None
}

fn url_at(text: &[u8], scheme: usize) -> Option<(String, String, usize)> {
    let is_url = |byte: u8| (byte.is_ascii_graphic() && !b"\"<>\\^`{|};".contains(&byte)) || byte >= 0x80;
    let mut authority = text[scheme..].iter().take_while(|byte| is_url(**byte) && !b"/?#".contains(*byte));
    if authority.any(|byte| *byte == b'@') {
        return None;
    }
    let mut end = scheme + text[scheme..].iter().take_while(|byte| is_host(**byte)).count();
    let host = String::from_utf8_lossy(&text[scheme..end]).trim_end_matches(['.', '-', '_']).to_owned();
    std::str::from_utf8(host.as_bytes()).ok().filter(|host| is_public_domain(host.as_bytes()))?;
    let port = text[end..].iter().skip(1).take_while(|byte| byte.is_ascii_digit()).count();
    if text.get(end) == Some(&b':') && port > 0 {
        end += 1 + port;
    }
    if text.get(end).is_some_and(|byte| b"/?#".contains(byte)) {
        let mut open = 0_i32;
        while let Some(byte) = text.get(end).filter(|byte| is_url(**byte)) {
            open += i32::from(b"([".contains(byte)) - i32::from(b")]".contains(byte));
            if open < 0 {
                break;
            }
            end += 1;
        }
    }
    let valid: String = String::from_utf8_lossy(&text[..end])
        .chars()
        .take_while(|c| *c != '\u{fffd}' && is_printable(*c))
        .collect();
    let value = valid.trim_end_matches(['.', ',', ':', '!', '?', '\'', '*', '-', '_']).to_owned();
    (value.len() >= scheme + host.len()).then_some((host, value, end))
}

fn belongs_to(host: &str, library: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let forge = host == "github.com" || host.ends_with(".github.com");
    forge || host.rsplit('.').nth(1) == Some(library)
}

fn wiki_user_from(user_agent: &[u8], start: usize) -> Option<String> {
    let namespace = ["User:", "User talk:", "User_talk:"]
        .into_iter()
        .find(|namespace| user_agent[start..].starts_with(namespace.as_bytes()))?;
    if start > 0 && user_agent[start - 1].is_ascii_alphanumeric() {
        return None;
    }
    let before = &user_agent[..start];
    let is_inside = before.iter().fold(0_i32, |open, byte| match byte {
        b'(' | b'[' => open + 1,
        b')' | b']' => (open - 1).max(0),
        _ => open,
    }) > 0;
    let mut open = 0_i32;
    let mut name = Vec::new();
    for byte in &user_agent[start + namespace.len()..] {
        open += i32::from(b"([".contains(byte)) - i32::from(b")]".contains(byte));
        let ends = byte.is_ascii_control() || b"#<>[]{|}/:;,@".contains(byte) || open < 0;
        if ends || (!is_inside && byte.is_ascii_whitespace()) {
            break;
        }
        name.push(*byte);
    }
    let name = String::from_utf8(name).ok()?;
    let name = name.trim_matches([' ', '\t', '_']);
    ((1..=255).contains(&name.len()) && name.chars().all(is_printable)).then(|| name.to_owned())
}
