//! How a connection begins and ends.

use spop::Status;

use crate::peer::{Heard, Request, disconnect, hello, hello_of};
use crate::process::Agent;

const ANY: &str = "127.0.0.1:0";

#[test]
fn agrees_to_the_frame_size_that_haproxy_offers() {
    let agent = Agent::on(&[ANY]);
    for (offered, agreed) in [(256, 256), (16_380, 16_380), (65_532, 65_532), (1 << 24, 256 * 1024)] {
        let mut peer = agent.connect();
        peer.send(&hello(offered));
        let capabilities = "pipelining".to_owned();
        assert_eq!(peer.hear(), Heard::Hello { max_frame_size: agreed, capabilities });
    }
}

#[test]
fn an_unsupported_version_is_told_so() {
    let mut agent = Agent::on(&[ANY]);
    let mut peer = agent.connect();
    peer.send(&hello_of(b"1.0,3.0", 16_380, false));
    assert_eq!(peer.goodbye(), (8, "unsupported version".to_owned()));
    agent.wait_for_line("no supported version among those offered");
}

#[test]
fn a_health_check_is_answered_and_closed() {
    let mut agent = Agent::on(&[ANY]);
    let mut peer = agent.connect();
    peer.send(&hello_of(b"2.0", 16_380, true));
    assert!(matches!(peer.hear(), Heard::Hello { .. }));
    assert!(peer.is_closed());
    assert!(agent.wait_for_line("health check answered").contains("DEBUG"));
}

#[test]
fn haproxys_disconnect_is_answered_and_closed() {
    let mut agent = Agent::on(&[ANY]);
    let mut peer = agent.connect().greeted();
    peer.send(&disconnect(Status::Timeout));
    assert_eq!(peer.goodbye(), (0, "normal".to_owned()));
    assert!(agent.wait_for_line("HAProxy disconnects with status 2").contains("DEBUG"));
}

#[test]
fn a_disconnect_that_complains_is_a_warning() {
    let mut agent = Agent::on(&[ANY]);
    let mut peer = agent.connect().greeted();
    peer.send(&disconnect(Status::BadMaxFrameSize));
    assert_eq!(peer.goodbye().0, 0);
    assert!(agent.wait_for_line("status 9 (max-frame-size too big or too small)").contains("WARN"));
}

#[test]
fn garbage_is_told_so_and_others_are_served() {
    let mut agent = Agent::on(&[ANY]);
    let mut other = agent.connect().greeted();
    let too_big = (3, "frame is too big".to_owned());
    let mut http = agent.connect();
    http.send(b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n");
    assert_eq!(http.goodbye(), too_big);
    let warning = agent.wait_for_line("connection refused");
    let length = "frame of 1195725856 bytes is longer than the maximum of 16380 bytes";
    assert!(warning.contains(length), "{warning}");
    let mut noise = agent.connect();
    noise.send(&[0xff; 8_000]);
    assert_eq!(noise.goodbye(), too_big);
    assert_eq!(other.ask(&Request::by_browser([192, 0, 2, 7])).verdict(), ["allow", "200", "default"]);
}

#[test]
fn a_frame_longer_than_agreed_is_told_so() {
    let agent = Agent::on(&[ANY]);
    let mut peer = agent.connect().greeted();
    peer.send(&16_381_u32.to_be_bytes());
    assert_eq!(peer.goodbye().0, Status::TooBig.code());
}

#[test]
fn a_frame_that_never_ends_hurts_nobody() {
    let mut agent = Agent::on(&[ANY]);
    let mut peer = agent.connect().greeted();
    let frame = Request::by_browser([192, 0, 2, 7]).notify(1, 1);
    peer.send(&frame[..frame.len() - 1]);
    drop(peer);
    assert!(
        agent.wait_for_line("closed by the peer within a frame, 1 bytes before its end").contains("DEBUG")
    );
    agent.connect().greeted();
}

#[test]
fn a_peer_that_says_nothing_is_closed_in_time() {
    let mut agent = Agent::with(&[ANY], &["--hello-timeout", "50ms"]);
    assert_eq!(agent.connect().goodbye(), (2, "a timeout occurred".to_owned()));
    agent.wait_for_line("no hello in time");
}

#[test]
fn a_storm_of_bad_hellos_keeps_nobody_else_from_service() {
    let mut agent = Agent::on(&[ANY]);
    let mut other = agent.connect().greeted();
    for _ in 0..500 {
        let mut peer = agent.connect();
        peer.send(&hello_of(b"3.0", 16_380, false));
        assert_eq!(peer.goodbye().0, 8);
    }
    assert!(agent.wait_for_line("no supported version").contains("WARN"));
    assert_eq!(other.ask(&Request::by_browser([192, 0, 2, 7])).verdict(), ["allow", "200", "default"]);
    agent.connect().greeted();
}
