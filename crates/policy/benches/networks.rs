//! What networks cost with 100,000 prefixes: `cargo bench -p policy --bench networks`.
//!
//! Reading a policy, and looking up an address, beside what else could be done: a list searched from its start, and maps probed
//! by each prefix length in use. Each number is the best of several rounds.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark reports to a person")]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;
use std::time::Instant;

use ipnet::IpNet;
use policy::Policy;

const PREFIXES: usize = 100_000;
const ADDRESSES: usize = 1 << 16;
const ROUNDS: u32 = 20;
const GOOGLEBOT: &[u8] = b"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
const FIREFOX: &[u8] = b"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

fn main() {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let prefixes = random.prefixes();
    let folder = std::env::temp_dir().join(format!("provenance-bench-{}", std::process::id()));
    std::fs::create_dir(&folder).unwrap();
    let policy = reload(&folder, &prefixes);
    std::fs::remove_dir_all(&folder).unwrap();

    let addresses = random.addresses(&prefixes);
    let (v4, v6): (Vec<IpAddr>, Vec<IpAddr>) = addresses.iter().partition(|ip| ip.is_ipv4());
    for (family, addresses) in [("IPv4", v4), ("IPv6", v6)] {
        look_up(family, &policy, &prefixes, &addresses);
    }
    identify(&policy, &addresses);
    behind_proxies(&policy, &addresses);
}

/// Reads policies with all prefixes in one file, and returns the last.
fn reload(folder: &Path, prefixes: &[IpNet]) -> Policy {
    let mut list = String::new();
    let mut json = String::from("{\"creationTime\": \"2026-11-20T00:00:00.000000\", \"prefixes\": [");
    for (n, net) in prefixes.iter().enumerate() {
        writeln!(list, "{net}").unwrap();
        let family = if net.addr().is_ipv4() { 4 } else { 6 };
        write!(json, "{}{{\"ipv{family}Prefix\": \"{net}\"}}", if n == 0 { "" } else { ",\n" }).unwrap();
    }
    json.push_str("]}");
    std::fs::write(folder.join("list"), list).unwrap();
    std::fs::write(folder.join("json"), json).unwrap();
    let policy = |networks: &str| {
        format!(
            "version: 1\n\
             contact: {{ email: noc@example.org, url: 'https://example.org/policy' }}\n\
             {networks}\n\
             trusted_proxies: [10.0.0.0/8]\n\
             crawlers: [{{ id: googlebot, user_agents: [googlebot, adsbot-google], cidrs: [192.0.2.0/24] }}]\n"
        )
    };
    drop(load(folder, "a policy without networks", &policy("")));
    drop(load(
        folder,
        "100,000 prefixes in a list",
        &policy("networks: [{ name: n, kind: cloud, file: list }]"),
    ));
    load(folder, "100,000 prefixes in JSON", &policy("networks: [{ name: n, kind: cloud, file: json }]"))
}

fn load(folder: &Path, what: &str, policy: &str) -> Policy {
    let file = folder.join("policy.yaml");
    std::fs::write(&file, policy).unwrap();
    let mut best = f64::INFINITY;
    let mut loaded = None;
    for _ in 0..5 {
        let start = Instant::now();
        loaded = Some(Policy::load(&file).unwrap());
        best = best.min(start.elapsed().as_secs_f64());
    }
    println!("load {what:<32} {:9.2} ms", best * 1e3);
    loaded.unwrap()
}

/// Look-ups in the policy and in what could stand in its place.
fn look_up(family: &str, policy: &Policy, prefixes: &[IpNet], addresses: &[IpAddr]) {
    let prefixes: Vec<IpNet> =
        prefixes.iter().copied().filter(|net| net.addr().is_ipv4() == (family == "IPv4")).collect();
    let lengths: Vec<u8> =
        prefixes.iter().map(IpNet::prefix_len).collect::<BTreeSet<_>>().into_iter().rev().collect();
    let hash: HashMap<IpNet, usize> = prefixes.iter().copied().zip(0..).collect();
    let tree: BTreeMap<IpNet, usize> = prefixes.iter().copied().zip(0..).collect();
    let first = prefixes.get(..1_000).unwrap();
    println!("{family}: {} prefixes of {} lengths", prefixes.len(), lengths.len());
    let ours = report("this crate", None, addresses, |ip| policy.networks().find(ip).is_some());
    let probe = |ip: IpAddr, of: &dyn Fn(&IpNet) -> bool| {
        lengths.iter().any(|length| IpNet::new(ip, *length).is_ok_and(|net| of(&net.trunc())))
    };
    report("HashMap, by length", Some(ours), addresses, |ip| probe(ip, &|net| hash.contains_key(net)));
    report("BTreeMap, by length", Some(ours), addresses, |ip| probe(ip, &|net| tree.contains_key(net)));
    report("a list of 1,000 alone", Some(ours), addresses.get(..2_000).unwrap(), |ip| {
        first.iter().any(|net| net.contains(&ip))
    });
}

/// A crawler's user agent, and one that is none.
fn identify(policy: &Policy, addresses: &[IpAddr]) {
    for (what, user_agent) in [("crawler's user agent", GOOGLEBOT), ("browser's user agent", FIREFOX)] {
        let crawlers = policy.crawlers();
        report(what, None, addresses, |ip| {
            matches!(
                crawlers.identify(Some(black_box(user_agent)), Some(ip)),
                policy::classify::crawler::Identity::Nobody
            )
        });
    }
}

/// A client behind two proxies, one of which is the peer; and one whose peer is no proxy.
fn behind_proxies(policy: &Policy, addresses: &[IpAddr]) {
    let proxy = IpAddr::from([10, 0, 0, 1]);
    let mut headers = policy.headers();
    headers.record(b"x-forwarded-for", b"spoofed, 203.0.113.7, 10.0.0.2");
    report("client behind two proxies", None, addresses, |_| {
        policy.client_address(black_box(Some(proxy)), &headers).is_some()
    });
    report("client without a proxy", None, addresses, |ip| {
        policy.client_address(Some(ip), &headers).is_some()
    });
}

/// Prints and returns the nanoseconds of one look-up, and the ratio to another's.
fn report(what: &str, ours: Option<f64>, addresses: &[IpAddr], find: impl Fn(IpAddr) -> bool) -> f64 {
    let mut best = f64::INFINITY;
    let calls = f64::from(u32::try_from(addresses.len()).unwrap());
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let found = addresses.iter().filter(|ip| find(black_box(**ip))).count();
        black_box(found);
        best = best.min(start.elapsed().as_secs_f64() * 1e9 / calls);
    }
    println!("  {what:<24} {best:8.0} ns  {:7.1}", best / ours.unwrap_or(best));
    best
}

/// Xorshift (Marsaglia, 2003): the same prefixes in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }

    fn wide(&mut self) -> u128 {
        (u128::from(self.next()) << 64) | u128::from(self.next())
    }

    /// An address within `net`.
    fn within(&mut self, net: IpNet) -> IpAddr {
        let random = self.wide();
        match net {
            IpNet::V4(net) => {
                let host = net.hostmask().to_bits();
                let random = u32::try_from(random & u128::from(host)).unwrap();
                Ipv4Addr::from_bits(net.network().to_bits() | random).into()
            }
            IpNet::V6(net) => {
                Ipv6Addr::from_bits(net.network().to_bits() | (random & net.hostmask().to_bits())).into()
            }
        }
    }

    /// Prefixes of both families, half of them within an earlier one.
    fn prefixes(&mut self) -> Vec<IpNet> {
        let roots: [IpNet; 2] = ["0.0.0.0/0".parse().unwrap(), "2000::/3".parse().unwrap()];
        let mut seen = BTreeSet::new();
        let mut prefixes: Vec<IpNet> = Vec::with_capacity(PREFIXES);
        while prefixes.len() < PREFIXES {
            let root = *roots.get(self.below(2)).unwrap();
            let earlier = prefixes.get(self.below(prefixes.len().max(1))).copied();
            let outer = earlier.filter(|_| self.below(2) == 0).unwrap_or(root);
            let (least, most) = if outer.addr().is_ipv4() { (12, 32) } else { (29, 64) };
            let shortest = least.max(usize::from(outer.prefix_len()) + 1);
            if shortest > most {
                continue;
            }
            let length = shortest + self.below(most - shortest + 1);
            let net = IpNet::new(self.within(outer), u8::try_from(length).unwrap()).unwrap().trunc();
            if seen.insert(net) {
                prefixes.push(net);
            }
        }
        prefixes
    }

    /// Addresses, one in two within a prefix.
    fn addresses(&mut self, prefixes: &[IpNet]) -> Vec<IpAddr> {
        let roots: [IpNet; 2] = ["0.0.0.0/0".parse().unwrap(), "2000::/3".parse().unwrap()];
        (0..ADDRESSES)
            .map(|n| match n % 2 {
                0 => *prefixes.get(self.below(prefixes.len())).unwrap(),
                _ => *roots.get(self.below(2)).unwrap(),
            })
            .collect::<Vec<_>>()
            .into_iter()
            .map(|net| self.within(net))
            .collect()
    }
}
