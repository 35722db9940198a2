//! Domain names that a contact may stand on.

/// RFC 1035, 2.3.4: octets of a domain name, and of one label.
const MAX_DOMAIN_BYTES: usize = 253;
const MAX_LABEL_BYTES: usize = 63;

/// Names that reach nobody from outside: RFC 6761, 6.3 and 6.4, RFC 6762, 3, ICANN's private-use name, and the host
/// name of an unconfigured Linux. `.example` and `.test` pass: documentation and tests need a name that works.
const PRIVATE_TOP_LEVELS: [&[u8]; 5] = [b"localhost", b"invalid", b"local", b"internal", b"localdomain"];

/// A DNS name of at least two labels whose last is a public top level, hence neither an IP address nor a version.
pub(super) fn is_public_domain(domain: &[u8]) -> bool {
    let label = |label: &[u8]| {
        (1..=MAX_LABEL_BYTES).contains(&label.len()) && !label.starts_with(b"-") && !label.ends_with(b"-")
    };
    let mut labels = domain.rsplit(|byte| *byte == b'.');
    domain.len() <= MAX_DOMAIN_BYTES
        && labels.next().is_some_and(|top| label(top) && is_public_top_level(top))
        && labels.next().is_some_and(label)
        && labels.all(label)
}

fn is_public_top_level(top: &[u8]) -> bool {
    let internationalised = top.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case(b"xn--"));
    let alphabetic = top.len() >= 2 && top.iter().all(|byte| byte.is_ascii_alphabetic() || !byte.is_ascii());
    (internationalised || alphabetic) && !PRIVATE_TOP_LEVELS.iter().any(|name| name.eq_ignore_ascii_case(top))
}

/// Whether a domain reads `1.2…` or `v1.2…`. `163.com` is none; the price is that `3.14.example` is taken for one.
pub(super) fn is_version(domain: &[u8]) -> bool {
    let mut labels = domain.strip_prefix(b"v").unwrap_or(domain).split(|byte| *byte == b'.');
    let major = labels.next().is_some_and(|label| !label.is_empty() && label.iter().all(u8::is_ascii_digit));
    major && labels.next().and_then(<[u8]>::first).is_some_and(u8::is_ascii_digit)
}

/// Whether `host` is `domain` or below it.
pub(super) fn is_within(host: &[u8], domain: &[u8]) -> bool {
    host.len()
        .checked_sub(domain.len())
        .and_then(|start| host.split_at_checked(start))
        .is_some_and(|(sub, end)| end.eq_ignore_ascii_case(domain) && (sub.is_empty() || sub.ends_with(b".")))
}

/// With `_`, which DNS has, and every byte of an internationalised name.
pub(super) fn is_host_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-') || !byte.is_ascii()
}
