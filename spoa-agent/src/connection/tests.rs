use std::sync::atomic::{AtomicUsize, Ordering};

use policy::Timestamp;
use spop::{
    Arg, Capabilities, Disconnect, Frame, HaproxyHello, MaxFrameSize, NotifyEncoder, Peer, Scope, Split,
    SupportedVersions, TypedData, split_frame,
};
use tokio::io::{DuplexStream, duplex};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::*;
use crate::stop::{self, Stopper};

const TIMEOUTS: Timeouts = Timeouts::with_hello(Duration::from_secs(5));

/// Counts what it is asked, and says it in a variable.
struct Counting(AtomicUsize);

impl Service for Counting {
    fn answer(&self, _: &Notify<'_>, _: Timestamp, ack: &mut AckEncoder<'_>) {
        let before = self.0.fetch_add(1, Ordering::Relaxed);
        ack.set_var(Scope::Txn, "before", i64::try_from(before).unwrap()).unwrap();
    }
}

/// HAProxy's end of a connection through a pipe of `pipe` bytes, and the task at the other end.
fn connect(pipe: usize) -> (DuplexStream, JoinHandle<Ending>, Stopper) {
    let (haproxy, agent) = duplex(pipe);
    let (stopper, stop) = stop::channel();
    let task = tokio::spawn(async move {
        let clock = Clock::set_to(Timestamp::from_seconds(1_755_475_200));
        Connection::new(agent, TIMEOUTS).serve(&Counting(AtomicUsize::new(0)), clock, stop).await
    });
    (haproxy, task, stopper)
}

fn hello(max_frame_size: u32) -> BytesMut {
    let mut bytes = BytesMut::new();
    let hello = HaproxyHello {
        supported_versions: SupportedVersions::new(b"2.0"),
        max_frame_size,
        capabilities: Capabilities::PIPELINING,
        healthcheck: false,
        engine_id: None,
    };
    hello.encode(&mut bytes, MaxFrameSize::MAX).unwrap();
    bytes
}

/// A NOTIFY with a path of `len` bytes.
fn notify(stream_id: u64, len: usize) -> BytesMut {
    let (mut bytes, path) = (BytesMut::new(), vec![b'a'; len]);
    let arg = Arg { name: b"path", value: TypedData::String(&path) };
    NotifyEncoder::begin(&mut bytes, stream_id, 1, MaxFrameSize::MAX)
        .message("check-request", [arg])
        .unwrap();
    bytes
}

/// Stream-ids of the ACKs and status codes of the disconnects, in their order.
fn read_frames(mut bytes: &[u8]) -> (Vec<u64>, Vec<u32>) {
    let (mut streams, mut statuses) = (Vec::new(), Vec::new());
    while let Split::Complete { frame, rest } = split_frame(bytes, MaxFrameSize::MAX).unwrap() {
        bytes = rest;
        match Frame::parse(frame).unwrap() {
            Frame::Ack(ack) => streams.push(ack.stream_id),
            Frame::AgentDisconnect(disconnect) => statuses.push(disconnect.status_code),
            Frame::AgentHello(_) => {}
            other => panic!("{other:?}"),
        }
    }
    (streams, statuses)
}

async fn read_to_end(mut haproxy: DuplexStream) -> (Vec<u64>, Vec<u32>) {
    let mut bytes = Vec::new();
    haproxy.read_to_end(&mut bytes).await.unwrap();
    read_frames(&bytes)
}

/// Reads one frame and returns its stream-id if it is an ACK.
async fn read_one(haproxy: &mut DuplexStream) -> Option<u64> {
    let length = haproxy.read_u32().await.unwrap();
    let mut frame = vec![0; length as usize];
    haproxy.read_exact(&mut frame).await.unwrap();
    match Frame::parse(&frame).unwrap() {
        Frame::Ack(ack) => Some(ack.stream_id),
        _ => None,
    }
}

#[tokio::test]
async fn answers_frames_that_arrive_byte_by_byte() {
    let (mut haproxy, task, _stopper) = connect(1);
    let frames = [hello(16_380), notify(3, 20), notify(5, 400)].concat();
    let (mut reader, mut writer) = tokio::io::split(&mut haproxy);
    let mut bytes = vec![0; 1];
    let write = async {
        writer.write_all(&frames).await.unwrap();
        writer.shutdown().await.unwrap();
    };
    let read = async {
        bytes.clear();
        reader.read_to_end(&mut bytes).await.unwrap();
    };
    tokio::join!(write, read);
    assert_eq!(read_frames(&bytes), (vec![3, 5], vec![]));
    assert!(matches!(task.await.unwrap(), Ending::Eof));
}

#[tokio::test]
async fn a_frame_of_the_negotiated_size_is_answered_and_its_memory_given_back() {
    let mut connection = Connection::new(duplex(1).0, TIMEOUTS);
    connection.missing = 65_532;
    connection.make_room();
    assert!(connection.input.capacity() >= 65_532);
    connection.missing = 4;
    connection.make_room();
    assert_eq!(connection.input.capacity(), INPUT);

    let (mut haproxy, _task, _stopper) = connect(1 << 20);
    haproxy.write_all(&[hello(65_532), notify(1, 65_000), notify(3, 10)].concat()).await.unwrap();
    for expected in [None, Some(1), Some(3)] {
        assert_eq!(read_one(&mut haproxy).await, expected);
    }
}

#[tokio::test]
async fn the_input_buffer_neither_creeps_nor_grows() {
    let (mut connection, frame) = (Connection::new(duplex(1).0, TIMEOUTS), notify(1, 100));
    connection.input.extend_from_slice(&frame[..20]);
    let start = connection.input.as_ptr();
    for _ in 0..10_000 {
        connection.make_room();
        connection.input.extend_from_slice(&frame);
        connection.discard(frame.len());
    }
    assert_eq!((connection.input.as_ptr(), connection.input.capacity()), (start, INPUT));
}

#[tokio::test(start_paused = true)]
async fn a_peer_without_a_hello_is_told_and_closed() {
    for said in [&b""[..], b"\0\0\0\x81\x01"] {
        let (mut haproxy, task, _stopper) = connect(1024);
        let start = Instant::now();
        haproxy.write_all(said).await.unwrap();
        assert_eq!(read_to_end(haproxy).await, (vec![], vec![Status::Timeout.code()]));
        assert!(matches!(task.await.unwrap(), Ending::NoHello));
        assert_eq!(start.elapsed(), TIMEOUTS.hello);
    }
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_left_to_haproxy() {
    let (mut haproxy, task, _stopper) = connect(1024);
    haproxy.write_all(&hello(16_380)).await.unwrap();
    assert_eq!(read_one(&mut haproxy).await, None);
    tokio::time::advance(Duration::from_secs(86_400)).await;
    haproxy.write_all(&notify(9, 1)).await.unwrap();
    assert_eq!(read_one(&mut haproxy).await, Some(9));
    drop(haproxy);
    assert!(matches!(task.await.unwrap(), Ending::Eof));
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_takes_no_answers_is_given_up() {
    let (mut haproxy, task, _stopper) = connect(256);
    let frames: Vec<u8> = (0..100).flat_map(|n| notify(n, 1)).collect();
    // The agent stops reading when its answers are not taken, so this write never ends.
    let flood = async {
        haproxy.write_all(&hello(16_380)).await.unwrap();
        while haproxy.write_all(&frames).await.is_ok() {}
    };
    let (ending, ()) = tokio::join!(task, flood);
    assert!(matches!(ending.unwrap(), Ending::Stalled));
}

#[tokio::test]
async fn a_connection_that_ends_within_a_frame_is_told_from_one_that_does_not() {
    let (mut haproxy, task, _stopper) = connect(1024);
    let frame = notify(1, 10);
    haproxy.write_all(&[&hello(16_380)[..], &frame[..frame.len() - 2]].concat()).await.unwrap();
    haproxy.shutdown().await.unwrap();
    assert!(matches!(task.await.unwrap(), Ending::Truncated { missing: 2 }));
}

#[tokio::test(start_paused = true)]
async fn stopping_answers_what_has_arrived_and_says_goodbye() {
    let (mut haproxy, task, stopper) = connect(64 * 1024);
    haproxy.write_all(&hello(16_380)).await.unwrap();
    assert_eq!(read_one(&mut haproxy).await, None);
    let frames: Vec<u8> = (0..120).flat_map(|n| notify(n, 300)).collect();
    assert!(frames.len() > 2 * INPUT);
    haproxy.write_all(&frames).await.unwrap();
    stopper.stop();
    assert_eq!(read_to_end(haproxy).await, ((0..120).collect(), vec![Status::Normal.code()]));
    assert!(matches!(task.await.unwrap(), Ending::Stopped));
}

#[tokio::test]
async fn stopping_does_not_wait_for_a_hello() {
    let (haproxy, task, stopper) = connect(1024);
    stopper.stop();
    assert_eq!(read_to_end(haproxy).await, (vec![], vec![Status::Normal.code()]));
    assert!(matches!(task.await.unwrap(), Ending::Stopped));
}

#[tokio::test]
async fn haproxys_disconnect_closes_the_connection() {
    let (mut haproxy, task, _stopper) = connect(1024);
    let mut frames = hello(16_380);
    Disconnect::from(Status::Timeout).encode(Peer::Haproxy, &mut frames, MaxFrameSize::MAX).unwrap();
    haproxy.write_all(&frames).await.unwrap();
    assert_eq!(read_to_end(haproxy).await, (vec![], vec![Status::Normal.code()]));
    assert!(matches!(task.await.unwrap(), Ending::Closed(Closed::Disconnected { status_code: 2 })));
}

#[tokio::test(start_paused = true)]
async fn a_refused_peer_that_goes_on_talking_is_closed_all_the_same() {
    let (mut haproxy, task, _stopper) = connect(256);
    let flood = async { while haproxy.write_all(b"GET / HTTP/1.1\r\n\r\n").await.is_ok() {} };
    let (ending, ()) = tokio::join!(task, flood);
    assert!(matches!(ending.unwrap(), Ending::Closed(Closed::Malformed(_))));
}
