//! Whoever sends made-up tokens without end has them read no longer.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use policy::session::{SessionCache, SessionStatus};
use policy::{Policy, Timestamp};

use crate::policies::{NOW, cache, unchanged, with_cookie};
use crate::vectors::line;

/// A token that nobody has sent before, of a key that there is, with a signature that is not its own.
fn forged(number: usize) -> String {
    let good = line("HS256 by hs2026");
    let (signed, signature) = good.rsplit_once('.').unwrap();
    // 43 characters of base64url are 32 bytes and two bits, so the last character stays.
    let end = signature.split_at(signature.len() - 1).1;
    format!("{signed}.{number:_>42}{end}")
}

/// What becomes of tokens that are sent one after the other.
struct Sender {
    policy: Policy,
    cache: SessionCache,
}

impl Sender {
    fn new(test: &str) -> Self {
        Self { policy: unchanged("default.yaml", test), cache: cache() }
    }

    fn send(&self, line: &str, client: Option<IpAddr>, now: Timestamp) -> SessionStatus {
        self.policy.sessions().unwrap().verify(&with_cookie(line.as_bytes()), client, &self.cache, now).status
    }

    /// How many of so many made-up tokens are read.
    fn read(&self, numbers: std::ops::Range<usize>, client: Option<IpAddr>, now: Timestamp) -> usize {
        let statuses = numbers.map(|number| self.send(&forged(number), client, now));
        statuses.filter(|status| *status == SessionStatus::BadSignature).count()
    }
}

const CLIENT: Option<IpAddr> = Some(IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7)));

#[test]
fn a_hundred_at_once_and_ten_a_second_are_read_for_one_address() {
    let sender = Sender::new("flood");
    assert_eq!(sender.read(0..500, CLIENT, NOW), 100);
    assert_eq!(sender.send(&forged(500), CLIENT, NOW), SessionStatus::Unread);
    let later = NOW.plus(Duration::from_secs(1));
    assert_eq!(sender.read(500..1000, CLIENT, later), 10);
    // Clocks of workers differ, and clocks go back: nobody is let have more for it.
    assert_eq!(sender.read(1000..1500, CLIENT, NOW), 0);
}

#[test]
fn others_are_read_while_one_is_not() {
    let sender = Sender::new("others");
    assert_eq!(sender.read(0..200, CLIENT, NOW), 100);
    let neighbour = Some(IpAddr::V4(Ipv4Addr::new(203, 0, 113, 8)));
    assert_eq!(sender.send(&line("RS256 by rs2026a"), neighbour, NOW), SessionStatus::Valid);
    // All whose address is not known are one client.
    assert_eq!(sender.read(1000..1200, None, NOW), 100);
    assert_eq!(sender.send(&line("ES256 by es2026"), None, NOW), SessionStatus::Unread);
}

#[test]
fn addresses_of_one_ipv6_network_are_one_client() {
    let sender = Sender::new("ipv6");
    let read: usize = (0..300_u16)
        .map(|number| {
            let client = Ipv6Addr::new(0x2001, 0xdb8, 0, 1, 0, 0, 0, number);
            sender.read(usize::from(number)..usize::from(number) + 1, Some(client.into()), NOW)
        })
        .sum();
    assert_eq!(read, 100);
}

#[test]
fn a_session_that_is_known_goes_on_for_an_address_that_floods() {
    let sender = Sender::new("known");
    let known = line("RS256 by rs2026a");
    assert_eq!(sender.send(&known, CLIENT, NOW), SessionStatus::Valid);
    assert_eq!(sender.read(0..200, CLIENT, NOW), 100);
    assert_eq!(sender.send(&known, CLIENT, NOW), SessionStatus::Valid);
    assert_eq!(sender.send(&line("ES256 by es2026"), CLIENT, NOW), SessionStatus::Unread);
}

#[test]
fn the_token_of_another_service_with_each_request_counts_once() {
    let sender = Sender::new("foreign");
    let foreign = line("RS256 by rs2026a, unknown kid");
    for _ in 0..300 {
        assert_eq!(sender.send(&foreign, CLIENT, NOW), SessionStatus::UnknownKey);
        assert_eq!(sender.send("sessionJwt=made.up.token", CLIENT, NOW), SessionStatus::Malformed);
    }
    assert_eq!(sender.send(&line("RS256 by rs2026a"), CLIENT, NOW), SessionStatus::Valid);
    assert_eq!(sender.read(0..200, CLIENT, NOW), 98);
}

#[test]
fn good_tokens_count_for_nothing() {
    let sender = Sender::new("good");
    let now = |second| NOW.plus(Duration::from_secs(second));
    for second in 0..300 {
        assert_eq!(sender.send(&line("HS256 by hs2026"), CLIENT, now(second)), SessionStatus::Valid);
    }
    assert_eq!(sender.read(0..200, CLIENT, NOW), 100);
}
