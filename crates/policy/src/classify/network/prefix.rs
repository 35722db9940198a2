use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use serde_saphyr::Spanned;

use crate::compile::Compiler;

/// What is wrong with a prefix, as a [`crate::Problem`] tells it.
#[derive(Debug)]
pub(crate) struct PrefixError {
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

impl From<String> for PrefixError {
    fn from(message: String) -> Self {
        Self { message, hint: None }
    }
}

impl PrefixError {
    /// Notes this of a value of the policy itself.
    pub(crate) fn note(
        self,
        cidr: &Spanned<String>,
        key: impl std::fmt::Display,
        compiler: &mut Compiler<'_>,
    ) {
        let note = compiler.note(cidr, key, self.message);
        if let Some(hint) = self.hint {
            note.hint(hint);
        }
    }
}

/// Reads a prefix in CIDR notation whose host bits are zero, or a bare address, which is a prefix of one.
///
/// A prefix of IPv4-mapped addresses becomes the IPv4 prefix that it stands for.
pub(crate) fn parse_prefix(cidr: &str) -> Result<IpNet, PrefixError> {
    let net = match (cidr.parse::<IpNet>(), cidr.parse::<IpAddr>()) {
        (Ok(net), _) => net,
        (Err(_), Ok(ip)) => IpNet::from(ip),
        (Err(_), Err(_)) => {
            let message =
                format!("\"{cidr}\" is not a prefix; expected one such as 192.0.2.0/24 or 2001:db8::/32");
            return Err(message.into());
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

/// The shortest prefixes that a section takes, in bits. What grants something names few addresses.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shortest {
    v4: u8,
    v6: u8,
    hint: &'static str,
}

impl Shortest {
    /// Any prefix, that of all addresses included.
    pub(crate) const ANY: Self = Self { v4: 0, v6: 0, hint: "" };
    /// Those of one client. No company has more than an IPv4 /8, and the largest IPv6 blocks that registries hand out for
    /// use are a /19.
    pub(crate) const CLIENT: Self = Self {
        v4: 8,
        v6: 19,
        hint: "write ranges as small as possible: the addresses that the client sends from",
    };
    /// Networks that pass everything: private ones, `fc00::/7` among them, may; all of the Internet may not.
    pub(crate) const TRUSTED: Self = Self {
        v4: 8,
        v6: 7,
        hint: "write the addresses that you trust: whoever is in there passes everything",
    };
    /// Proxies of one's own: an IPv4 /8 and the unique local addresses, `fc00::/7`, pass; all of the Internet does not.
    pub(crate) const PROXY: Self = Self {
        v4: 8,
        v6: 7,
        hint: "write the addresses of the proxies: whoever is in there may name any client",
    };

    /// `net`, if it is long enough.
    pub(crate) fn check(self, net: IpNet) -> Result<IpNet, PrefixError> {
        let (family, bits) = match net {
            IpNet::V4(_) => ("IPv4", self.v4),
            IpNet::V6(_) => ("IPv6", self.v6),
        };
        if net.prefix_len() >= bits {
            return Ok(net);
        }
        let message = format!("\"{net}\" is too wide; expected {family} prefixes of {bits} bits or more");
        Err(PrefixError { message, hint: Some(self.hint.to_owned()) })
    }
}
