use std::net::{IpAddr, Ipv6Addr};

use policy::Verdict;

use super::{Hasher, Outcome, Top};
use crate::replay::Record;

/// Of a longer text only this much is kept.
const MAX_KEY_BYTES: usize = 256;

/// Who asks, and for what: the most frequent of each.
#[derive(Debug)]
pub struct Callers {
    /// Contacts in user agents.
    pub contacts: Top<Box<[u8]>>,
    /// Addresses: IPv4 whole, IPv6 by its /64.
    pub clients: Top<Option<IpAddr>>,
    /// User agents; none at all is the empty one.
    pub user_agents: Top<Box<[u8]>>,
    /// What is asked for.
    pub locations: Top<Location>,
}

/// Host and path of a URL; never the query, where tokens live.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// Host.
    pub host: Box<[u8]>,
    /// Path.
    pub path: Box<[u8]>,
}

impl Location {
    pub(super) fn of(record: &Record<'_>) -> Self {
        Self { host: cut(&record.host).into(), path: cut(&record.path).into() }
    }
}

/// Hashes of one request, computed once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hashes {
    contact: u64,
    client: u64,
    user_agent: u64,
}

impl Callers {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            contacts: Top::new(capacity),
            clients: Top::new(capacity),
            user_agents: Top::new(capacity),
            locations: Top::new(capacity),
        }
    }

    /// Takes note of who asks; with `hashes`, which the first such call returns, of what for as well: of all requests that would
    /// be the list of a site's pages.
    pub(super) fn add(
        &mut self,
        hasher: &Hasher,
        record: &Record<'_>,
        verdict: &Verdict<'_>,
        outcome: &Outcome,
        hashes: Option<Hashes>,
    ) -> Hashes {
        let class = verdict.client.ua_class.index();
        let user_agent = cut(record.user_agent.as_deref().unwrap_or_default());
        let client = verdict.client.ip.map(network);
        let contact = verdict.client.contact.map(|contact| cut(contact.value.as_bytes()));
        let known = hashes.unwrap_or_else(|| Hashes {
            contact: contact.map(|contact| hasher.hash(contact)).unwrap_or_default(),
            client: hasher.hash(client),
            user_agent: hasher.hash(user_agent),
        });
        self.user_agents.add(
            known.user_agent,
            |key| **key == *user_agent,
            || user_agent.into(),
            outcome,
            class,
        );
        self.clients.add(known.client, |key| *key == client, || client, outcome, class);
        if let Some(contact) = contact {
            self.contacts.add(known.contact, |key| **key == *contact, || contact.into(), outcome, class);
        }
        if hashes.is_some() {
            let (host, path) = (cut(&record.host), cut(&record.path));
            let is = |key: &Location| *key.host == *host && *key.path == *path;
            self.locations.add(hasher.hash((host, path)), is, || Location::of(record), outcome, class);
        }
        known
    }
}

/// As much of a text as is kept.
pub(super) fn cut(text: &[u8]) -> &[u8] {
    text.get(..MAX_KEY_BYTES).unwrap_or(text)
}

/// What counts as one client, as limits have it by default.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64)).into(),
        v4 => v4,
    }
}

/// An address of [`Callers::clients`] as people write it.
#[must_use]
pub fn shown_address(client: Option<IpAddr>) -> String {
    match client {
        Some(IpAddr::V6(v6)) => format!("{v6}/64"),
        Some(v4) => v4.to_string(),
        None => "unknown".to_owned(),
    }
}
