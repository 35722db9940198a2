use std::collections::HashSet;
use std::net::IpAddr;

use serde_saphyr::Spanned;

use super::prefix::{Shortest, parse_prefix};
use super::{NetworkKind, Networks, PrefixTable};
use crate::compile::Compiler;

/// Proxies that are believed when they say whom they speak for: section `trusted_proxies`.
#[derive(Debug, Default)]
pub(crate) struct TrustedProxies {
    prefixes: PrefixTable,
    /// By the index of the network.
    networks: Vec<bool>,
}

impl TrustedProxies {
    /// Whether `ip` is that of a trusted proxy: in one of the prefixes, or its network is one of those named.
    pub(crate) fn contains(&self, ip: IpAddr, networks: &Networks) -> bool {
        if self.prefixes.contains(ip) {
            return true;
        }
        let named = |index: usize| self.networks.get(index).copied().unwrap_or(false);
        !self.networks.is_empty() && networks.table.find(ip).is_some_and(named)
    }

    pub(crate) fn compile(
        section: &[Spanned<String>],
        networks: &Networks,
        compiler: &mut Compiler<'_>,
    ) -> Self {
        compiler.unique("trusted_proxies", section.iter());
        let mut prefixes = HashSet::new();
        let mut named = Vec::new();
        for (n, value) in section.iter().enumerate() {
            let key = format!("trusted_proxies[{n}]");
            if is_name(&value.value) {
                named.extend(compile_name(value, &key, networks, compiler));
                continue;
            }
            match parse_prefix(&value.value).and_then(|net| Shortest::PROXY.check(net)) {
                Ok(net) => drop(prefixes.insert(net)),
                Err(why) => why.note(value, key, compiler),
            }
        }
        let indices = match &*named {
            [] => 0..0,
            _ => 0..networks.networks.len(),
        };
        Self {
            prefixes: PrefixTable::new(prefixes.into_iter().map(|net| (net, 0))),
            networks: indices.map(|index| named.contains(&index)).collect(),
        }
    }
}

/// Whether a value is meant as the name of a network rather than as a prefix.
fn is_name(value: &str) -> bool {
    !value.contains(['/', ':']) && value.parse::<IpAddr>().is_err()
}

/// The index of the network of that name.
fn compile_name(
    name: &Spanned<String>,
    key: &str,
    networks: &Networks,
    compiler: &mut Compiler<'_>,
) -> Option<usize> {
    let known = networks.networks.iter().position(|network| *network.name == *name.value);
    let Some(index) = known else {
        let message = format!("\"{}\" is neither a prefix nor a network", name.value);
        compiler.note(name, key, message).did_you_mean(&name.value, networks.names());
        return None;
    };
    if networks.networks.get(index).is_some_and(|network| network.kind == NetworkKind::Abusive) {
        let message =
            format!("\"{}\" is known for abuse: what it says of its clients is not believed", name.value);
        compiler.note(name, key, message);
    }
    Some(index)
}
