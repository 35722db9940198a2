use policy::classify::crawler::Identity;
use policy::classify::network::NetworkKind;
use policy::classify::{Client, Tier};

use crate::untrusted::printable;

/// Why a client is of its tier.
pub(super) fn reason(client: &Client<'_>) -> String {
    let network = client.network.map_or("", |network| &*network.name);
    let is_abusive = client.network.is_some_and(|network| network.kind == NetworkKind::Abusive);
    match client.tier {
        Tier::A => format!("its address is of our own network \"{network}\""),
        Tier::B => match client.crawler {
            Identity::Verified(crawler) => format!("user agent and address are those of \"{}\"", crawler.id),
            Identity::Impostor(_) | Identity::Nobody => "a verified crawler".to_owned(),
        },
        Tier::C if is_abusive => {
            format!("its session is valid, which lifts it out of the abusive network \"{network}\"")
        }
        Tier::C => "its session is valid".to_owned(),
        Tier::D => {
            let contact = client.contact.map_or("", |contact| contact.value);
            format!("its user agent names a contact: {}", printable(contact.as_bytes(), 80))
        }
        Tier::E if is_abusive => format!("a cookie pass lifts it out of the abusive network \"{network}\""),
        Tier::E => "no network, crawler, session or contact speaks for it".to_owned(),
        Tier::F => format!("its address is of \"{network}\", a network known for abuse"),
    }
}
