use std::collections::HashMap;
use std::net::IpAddr;
use std::path::Path;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use serde_saphyr::Spanned;

use super::ranges::{Prefix, Ranges};
use super::{Network, Networks};
use crate::compile::Compiler;
use crate::document::{NetworkDocument, NetworkKind, read_bytes};
use crate::error::At;

/// Most prefixes of a policy.
const MAX_PREFIXES: usize = 1_000_000;

impl Networks {
    pub(crate) fn compile(sections: &[NetworkDocument], compiler: &mut Compiler<'_>) -> Self {
        compiler.unique("networks", sections.iter().map(|section| &section.name));
        let mut prefixes = Prefixes::default();
        let mut networks = Vec::new();
        for (n, section) in sections.iter().enumerate() {
            let name = compiler.name(&section.name, format!("networks[{n}].name"));
            for (m, cidr) in section.cidrs.iter().enumerate() {
                if let Err(why) = prefixes.add(&cidr.value, n, sections) {
                    let note = compiler.note(cidr, format!("networks[{n}].cidrs[{m}]"), why.message);
                    if let Some(hint) = why.hint {
                        note.hint(hint);
                    }
                    break;
                }
            }
            if let Some(file) = &section.file {
                let key = format!("networks[{n}].file");
                add_file(
                    &compiler.relative(&file.value),
                    file,
                    &key,
                    |cidr| prefixes.add(cidr, n, sections),
                    compiler,
                );
            }
            if section.cidrs.is_empty() && section.file.is_none() {
                let message =
                    format!("\"{}\" has neither cidrs nor a file: it matches nothing", section.name.value);
                compiler.note(&section.name, format!("networks[{n}]"), message);
            }
            if let Some(shadow) = section.shadow.as_ref().filter(|_| section.kind != NetworkKind::Abusive) {
                let message = "nothing would be in shadow: only an abusive network is refused";
                compiler.note(shadow, format!("networks[{n}].shadow"), message);
            }
            let shadow = section.shadow.as_ref().is_some_and(|shadow| shadow.value);
            networks.push(Network { name, kind: section.kind, shadow });
        }
        Self { networks, v4: Ranges::flatten(prefixes.v4), v6: Ranges::flatten(prefixes.v6) }
    }
}

/// Adds the prefixes of a range file; what is wrong in it is noted with the file's own line.
fn add_file(
    path: &Path,
    named: &Spanned<std::path::PathBuf>,
    key: &str,
    mut add: impl FnMut(&str) -> Result<(), PrefixError>,
    compiler: &mut Compiler<'_>,
) {
    let text = read_bytes(path).and_then(|bytes| String::from_utf8(bytes).map_err(|error| error.to_string()));
    let text = match text {
        Ok(text) => text,
        Err(why) => {
            compiler.note(named, key, why);
            return;
        }
    };
    for (line, content) in (1_u64..).zip(text.lines()) {
        let cidr = content.split('#').next().unwrap_or_default().trim();
        if cidr.is_empty() {
            continue;
        }
        if let Err(why) = add(cidr) {
            let note = compiler.problems.add(At::line(path, line), "", why.message);
            if let Some(hint) = why.hint {
                note.hint(hint);
            }
            return;
        }
    }
}

/// The prefixes read so far, and which network named each.
#[derive(Default)]
struct Prefixes {
    v4: Vec<Prefix>,
    v6: Vec<Prefix>,
    owners: HashMap<IpNet, usize>,
}

struct PrefixError {
    message: String,
    hint: Option<String>,
}

impl Prefixes {
    fn add(&mut self, cidr: &str, network: usize, sections: &[NetworkDocument]) -> Result<(), PrefixError> {
        let error = |message| PrefixError { message, hint: None };
        let net = parse(cidr)?;
        if let Some(other) = self.owners.insert(net, network).filter(|other| *other != network) {
            let name = sections.get(other).map_or("", |section| &section.name.value);
            return Err(error(format!("\"{cidr}\" belongs to the network \"{name}\" already")));
        }
        let owner = u32::try_from(network).map_err(|_| error("too many networks".to_owned()))?;
        if self.owners.len() > MAX_PREFIXES {
            return Err(error(format!("more than {MAX_PREFIXES} prefixes")));
        }
        match net {
            IpNet::V4(net) => self.v4.push(Prefix {
                first: net.network().to_bits().into(),
                last: net.broadcast().to_bits().into(),
                owner,
            }),
            IpNet::V6(net) => {
                self.v6.push(Prefix {
                    first: net.network().to_bits(),
                    last: net.broadcast().to_bits(),
                    owner,
                });
            }
        }
        Ok(())
    }
}

/// A prefix whose host bits are zero, or a bare address.
fn parse(cidr: &str) -> Result<IpNet, PrefixError> {
    let net = match (cidr.parse::<IpNet>(), cidr.parse::<IpAddr>()) {
        (Ok(net), _) => net,
        (Err(_), Ok(ip)) => IpNet::from(ip),
        (Err(_), Err(_)) => {
            let message =
                format!("\"{cidr}\" is not a prefix; expected one such as 192.0.2.0/24 or 2001:db8::/32");
            return Err(PrefixError { message, hint: None });
        }
    };
    if net.trunc() != net {
        return Err(PrefixError {
            message: format!("\"{cidr}\" has bits set behind its prefix length"),
            hint: Some(format!(
                "write {}, or {} for this address alone",
                net.trunc(),
                IpNet::from(net.addr())
            )),
        });
    }
    Ok(canonical(net))
}

/// A prefix of IPv4-mapped addresses (`::ffff:0:0/96`) as the prefix of IPv4 addresses that it stands for.
fn canonical(net: IpNet) -> IpNet {
    /// Bits before the IPv4 address in a mapped one.
    const MAPPED: u8 = 96;
    let mapped = |net: Ipv6Net| {
        let ip = net.network().to_ipv4_mapped()?;
        Ipv4Net::new(ip, net.prefix_len().checked_sub(MAPPED)?).ok()
    };
    match net {
        IpNet::V6(net) => mapped(net).map_or(IpNet::V6(net), IpNet::V4),
        IpNet::V4(_) => net,
    }
}
