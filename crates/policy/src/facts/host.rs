//! Hosts: what a `Host` header names, and the patterns that a policy compares it with.

use std::fmt;

use serde_saphyr::Spanned;

use crate::compile::Compiler;

/// The host of a `Host` header: `:port` removed, the brackets of an IPv6 address kept.
pub(crate) fn without_port(host: &[u8]) -> &[u8] {
    let Some(colon) = memchr::memrchr(b':', host) else { return host };
    match host.split_at_checked(colon) {
        Some((name, [_, port @ ..])) if port.iter().all(u8::is_ascii_digit) => name,
        _ => host,
    }
}

/// A host that a policy names, in lower case.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum HostPattern {
    Exactly(Box<str>),
    /// Every name below this one, which begins with a dot.
    Below(Box<str>),
}

/// As the policy writes it.
impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(name) => f.write_str(name),
            Self::Below(suffix) => write!(f, "*{suffix}"),
        }
    }
}

impl HostPattern {
    /// Whether `host`, without port, is meant; compared without regard to case.
    pub(crate) fn matches(&self, host: &[u8]) -> bool {
        match self {
            Self::Exactly(name) => host.eq_ignore_ascii_case(name.as_bytes()),
            Self::Below(suffix) => host
                .len()
                .checked_sub(suffix.len())
                .filter(|&below| below > 0)
                .and_then(|below| host.get(below..))
                .is_some_and(|end| end.eq_ignore_ascii_case(suffix.as_bytes())),
        }
    }

    /// Whether every host that `other` means is meant by this one.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (_, Self::Exactly(name)) => self.matches(name.as_bytes()),
            (Self::Below(suffix), Self::Below(longer)) => longer.ends_with(&**suffix),
            (Self::Exactly(_), Self::Below(_)) => false,
        }
    }

    /// The patterns of a list, which stands at `key`.
    pub(crate) fn compile_all(
        hosts: &[Spanned<String>],
        key: &str,
        compiler: &mut Compiler<'_>,
    ) -> Box<[Self]> {
        let patterns = hosts.iter().enumerate();
        patterns.filter_map(|(n, host)| Self::compile(host, &format!("{key}[{n}]"), compiler)).collect()
    }

    /// The pattern that stands at `key`.
    pub(crate) fn compile(host: &Spanned<String>, key: &str, compiler: &mut Compiler<'_>) -> Option<Self> {
        let name = host.value.strip_prefix("*.").unwrap_or(&host.value);
        let allowed =
            |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'[' | b']' | b':');
        let has_port = without_port(name.as_bytes()).len() != name.len();
        if name.is_empty() || !name.bytes().all(allowed) || has_port {
            let message = format!(
                "\"{}\" is not a host; expected a name without port, or *.name for every name below it",
                host.value
            );
            compiler.note(host, key, message);
            return None;
        }
        let name = name.to_ascii_lowercase();
        Some(match host.value.starts_with("*.") {
            true => Self::Below(format!(".{name}").into()),
            false => Self::Exactly(name.into()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_pattern_covers_another_if_it_means_all_its_hosts() {
        use HostPattern::{Below, Exactly};
        let names = ["example.org", "a.example.org", "b.a.example.org", "xexample.org", "org"];
        let exactly = names.iter().map(|name| Exactly((*name).into()));
        let below = names.iter().map(|name| Below(format!(".{name}").into()));
        let patterns: Vec<HostPattern> = exactly.chain(below).collect();
        // A name below each, so that a pattern of many hosts has one that only it and wider ones mean.
        let hosts = names.iter().flat_map(|name| [(*name).to_owned(), format!("own.{name}")]);
        let hosts: Vec<String> = hosts.collect();
        for one in &patterns {
            for other in &patterns {
                let means_all = hosts
                    .iter()
                    .filter(|host| other.matches(host.as_bytes()))
                    .all(|host| one.matches(host.as_bytes()));
                assert_eq!(one.covers(other), means_all, "{one:?} {other:?}");
            }
        }
    }
}
