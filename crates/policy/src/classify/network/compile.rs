use std::collections::HashMap;
use std::fmt::Display;

use ipnet::IpNet;

use super::prefix::{PrefixError, Shortest, parse_prefix};
use super::range_file::{Entry, MAX_PREFIXES, RangeFiles};
use super::{Network, Networks, PrefixTable};
use crate::compile::Compiler;
use crate::document::{NetworkDocument, NetworkKind};

impl Networks {
    pub(crate) fn compile(
        sections: &[NetworkDocument],
        files: &mut RangeFiles,
        compiler: &mut Compiler<'_>,
    ) -> Self {
        compiler.unique("networks", sections.iter().map(|section| &section.name));
        let mut prefixes = Prefixes { sections, owners: HashMap::new() };
        let mut networks = Vec::new();
        let mut named = Vec::new();
        for (n, section) in sections.iter().enumerate() {
            let name = compiler.name(&section.name, format!("networks[{n}].name"));
            for (m, cidr) in section.cidrs.iter().enumerate() {
                if let Err(why) = parse_prefix(&cidr.value).and_then(|net| prefixes.add(net, &cidr.value, n))
                {
                    why.note(cidr, format!("networks[{n}].cidrs[{m}]"), compiler);
                    break;
                }
            }
            if let Some(file) = &section.file
                && let Some(ranged) = files.read(file, format!("networks[{n}].file"), compiler)
            {
                let mut add = |entry: &Entry| prefixes.add(entry.net, &entry.net, n);
                let refused = ranged.entries.iter().find_map(|entry| Some((*entry, add(entry).err()?)));
                if let Some((entry, why)) = refused {
                    ranged.note(entry, why, compiler);
                }
                named.push(ranged.file.clone());
            }
            check_effect(section, n, compiler);
            let shadow = section.shadow.as_ref().is_some_and(|shadow| shadow.value);
            networks.push(Network { name, kind: section.kind, shadow });
        }
        Self { networks, table: PrefixTable::new(prefixes.owners), files: named }
    }
}

/// Notes what would have no effect.
fn check_effect(section: &NetworkDocument, n: usize, compiler: &mut Compiler<'_>) {
    if section.cidrs.is_empty() && section.file.is_none() {
        let message = format!("\"{}\" has neither cidrs nor a file: it matches nothing", section.name.value);
        compiler.note(&section.name, format!("networks[{n}]"), message);
    }
    if let Some(shadow) = section.shadow.as_ref().filter(|_| section.kind != NetworkKind::Abusive) {
        let message = "nothing would be in shadow: only an abusive network is refused";
        compiler.note(shadow, format!("networks[{n}].shadow"), message);
    }
}

/// The prefixes so far, each with the index of the network that named it.
struct Prefixes<'d> {
    sections: &'d [NetworkDocument],
    owners: HashMap<IpNet, u32>,
}

impl Prefixes<'_> {
    /// Adds a prefix, which was written as `shown`.
    fn add(&mut self, net: IpNet, shown: &impl Display, network: usize) -> Result<(), PrefixError> {
        let shortest = match self.sections.get(network).map(|section| section.kind) {
            Some(NetworkKind::Client) => Shortest::CLIENT,
            Some(NetworkKind::Trusted | NetworkKind::Internal) => Shortest::TRUSTED,
            _ => Shortest::ANY,
        };
        let net = shortest.check(net)?;
        let owner = u32::try_from(network).map_err(|_| "too many networks".to_owned())?;
        if let Some(other) = self.owners.insert(net, owner).filter(|other| *other != owner) {
            let other = usize::try_from(other).ok().and_then(|other| self.sections.get(other));
            let name = other.map_or("", |section| &section.name.value);
            return Err(format!("\"{shown}\" belongs to the network \"{name}\" already").into());
        }
        if self.owners.len() > MAX_PREFIXES {
            return Err(format!("more than {MAX_PREFIXES} prefixes").into());
        }
        Ok(())
    }
}
