use std::net::IpAddr;

use serde_saphyr::Spanned;

use crate::compile::Compiler;
use crate::facts::host::HostPattern;

/// The domain of a cookie, which stands at `key`, with a dot in front, as browsers are told.
///
/// A browser takes a cookie for a domain only from a host within it, and for no public suffix (RFC 6265 section 5.3 step 5): else
/// one customer of a registry could set cookies for all the others.
pub(super) fn compile_domain(
    domain: &Spanned<String>,
    host: Option<&HostPattern>,
    key: &str,
    compiler: &mut Compiler<'_>,
) -> Option<Box<str>> {
    let name = domain.value.strip_prefix('.').unwrap_or(&domain.value).to_ascii_lowercase();
    if !is_domain_name(&name) {
        let message = format!("\"{}\" is not a domain", domain.value);
        compiler.note(domain, key, message).hint("write a name: .wikipedia.beta.example.org");
        return None;
    }
    if psl::suffix_str(&name).is_none_or(|suffix| suffix == name) {
        let message = format!("\"{name}\" is a public suffix: no browser takes a cookie for it");
        compiler.note(domain, key, message).hint(format!("write a name below it, such as .wiki.{name}"));
        return None;
    }
    if host.is_some_and(|host| !covers(&name, host)) {
        let message = format!("\"{name}\" does not cover the host: browsers would not send the cookie there");
        compiler.note(domain, key, message);
    }
    Some(format!(".{name}").into())
}

/// Labels of letters, digits and hyphens (RFC 1123 section 2.1), and `_`, which browsers take; no address.
fn is_domain_name(name: &str) -> bool {
    /// Longest name in bytes (RFC 1035 section 2.3.4).
    const MAX_NAME: usize = 253;
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    name.len() <= MAX_NAME && name.split('.').all(label) && name.parse::<IpAddr>().is_err()
}

/// Whether every host of the pattern is the domain or below it.
fn covers(domain: &str, host: &HostPattern) -> bool {
    let name = match host {
        HostPattern::Exactly(name) => name,
        HostPattern::Below(suffix) => suffix.strip_prefix('.').unwrap_or(suffix),
    };
    name.strip_suffix(domain).is_some_and(|above| above.is_empty() || above.ends_with('.'))
}
