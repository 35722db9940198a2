mod deadlines;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use policy::Timestamp;
use spop::{
    Arg, Capabilities, Disconnect, Frame, HaproxyHello, MaxFrameSize, NotifyEncoder, Peer, Scope, Split,
    SupportedVersions, TypedData, split_frame,
};
use tokio::io::{DuplexStream, ReadBuf, duplex};
use tokio::task::JoinHandle;

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
    let (task, stopper) = serve(agent);
    (haproxy, task, stopper)
}

fn serve(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> (JoinHandle<Ending>, Stopper) {
    let (stopper, stop) = stop::channel();
    let task = tokio::spawn(async move {
        let clock = Clock::set_to(Timestamp::from_seconds(1_755_475_200));
        Connection::new(stream, TIMEOUTS).serve(&Counting(AtomicUsize::new(0)), clock, stop).await
    });
    (task, stopper)
}

/// A stream that counts how often it is written to.
struct CountingWrites(DuplexStream, Arc<AtomicUsize>);

impl AsyncRead for CountingWrites {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for CountingWrites {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.1.fetch_add(1, Ordering::Relaxed);
        Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
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
async fn all_frames_of_one_read_are_answered_in_one_write() {
    let (mut haproxy, agent) = duplex(64 * 1024);
    let writes = Arc::new(AtomicUsize::new(0));
    let (_task, _stopper) = serve(CountingWrites(agent, Arc::clone(&writes)));
    haproxy.write_all(&hello(16_380)).await.unwrap();
    assert_eq!(read_one(&mut haproxy).await, None);
    assert_eq!(writes.load(Ordering::Relaxed), 1);
    let frames: Vec<u8> = (0..20).flat_map(|n| notify(n, 300)).collect();
    assert!(frames.len() < INPUT);
    haproxy.write_all(&frames).await.unwrap();
    for n in 0..20 {
        assert_eq!(read_one(&mut haproxy).await, Some(n));
    }
    assert_eq!(writes.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn a_flood_leaves_the_worker_to_others_from_time_to_time() {
    const FRAMES: u64 = 3 * FRAMES_A_TURN;
    // Wide enough for everything, so that neither end ever has to wait for the other.
    let (mut haproxy, agent) = duplex(4 << 20);
    let (_stopper, stop) = stop::channel();
    haproxy.write_all(&hello(16_380)).await.unwrap();
    let frames: Vec<u8> = (0..FRAMES).flat_map(|n| notify(n, 1)).collect();
    haproxy.write_all(&frames).await.unwrap();
    let clock = Clock::set_to(Timestamp::from_seconds(1_755_475_200));
    let service = Counting(AtomicUsize::new(0));
    let mut connection = Connection::new(agent, TIMEOUTS);
    let serve = tokio::task::unconstrained(connection.serve(&service, clock, stop));
    let mut serve = pin!(serve);
    let mut answered = 0;
    let mut turns = 0;
    while answered < FRAMES {
        assert!(poll_once(serve.as_mut()).await.is_none());
        let now = service.0.load(Ordering::Relaxed) as u64;
        // A turn ends with the read that has reached its number.
        assert!(now - answered < FRAMES_A_TURN + INPUT as u64 / 16, "{} frames in a turn", now - answered);
        answered = now;
        turns += 1;
    }
    assert_eq!(turns, 3);
}

/// What a future says when it is asked once.
async fn poll_once<F: Future>(mut future: Pin<&mut F>) -> Option<F::Output> {
    std::future::poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
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

#[tokio::test]
async fn a_connection_that_ends_within_a_frame_is_told_from_one_that_does_not() {
    let (mut haproxy, task, _stopper) = connect(1024);
    let frame = notify(1, 10);
    haproxy.write_all(&[&hello(16_380)[..], &frame[..frame.len() - 2]].concat()).await.unwrap();
    haproxy.shutdown().await.unwrap();
    assert!(matches!(task.await.unwrap(), Ending::Truncated { missing: 2 }));
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
