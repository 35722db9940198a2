//! What a connection does when its peer takes too long; the clock of these tests goes on only when everybody waits.

use std::task::ready;

use tokio::time::{Sleep, sleep};

use super::*;

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

/// A stream that takes nothing until its time has come.
struct Full(DuplexStream, Pin<Box<Sleep>>);

impl AsyncRead for Full {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Full {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        ready!(self.1.as_mut().poll(cx));
        Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

#[tokio::test(start_paused = true)]
async fn a_goodbye_that_was_not_taken_while_there_was_time_for_the_hello_still_ends_the_connection() {
    let taken_from = TIMEOUTS.hello + Duration::from_secs(1);
    let (mut haproxy, agent) = duplex(1024);
    let (task, _stopper) = serve(Full(agent, Box::pin(sleep(taken_from))));
    let mut frames = hello(16_380);
    Disconnect::from(Status::Normal).encode(Peer::Haproxy, &mut frames, MaxFrameSize::MAX).unwrap();
    let start = Instant::now();
    haproxy.write_all(&frames).await.unwrap();
    assert_eq!(read_to_end(haproxy).await, (vec![], vec![Status::Normal.code()]));
    assert!(matches!(task.await.unwrap(), Ending::Closed(Closed::Disconnected { status_code: 0 })));
    assert_eq!(start.elapsed().as_secs(), taken_from.as_secs());
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_left_to_haproxy_for_long() {
    let (mut haproxy, task, _stopper) = connect(1024);
    haproxy.write_all(&hello(16_380)).await.unwrap();
    assert_eq!(read_one(&mut haproxy).await, None);
    for n in 0..3 {
        sleep(TIMEOUTS.idle - Duration::from_secs(1)).await;
        haproxy.write_all(&notify(n, 1)).await.unwrap();
        assert_eq!(read_one(&mut haproxy).await, Some(n));
    }
    drop(haproxy);
    assert!(matches!(task.await.unwrap(), Ending::Eof));
}

#[tokio::test(start_paused = true)]
async fn a_connection_whose_other_end_is_gone_is_not_kept_for_ever() {
    let (mut haproxy, task, _stopper) = connect(1024);
    haproxy.write_all(&[hello(16_380), notify(1, 1)].concat()).await.unwrap();
    assert_eq!((read_one(&mut haproxy).await, read_one(&mut haproxy).await), (None, Some(1)));
    let start = Instant::now();
    assert_eq!(read_to_end(haproxy).await, (vec![], vec![Status::Timeout.code()]));
    assert_eq!(start.elapsed(), TIMEOUTS.idle);
    assert!(matches!(task.await.unwrap(), Ending::Idle));
}

#[tokio::test(start_paused = true)]
async fn a_frame_that_trickles_in_is_not_waited_for_for_ever() {
    let (mut haproxy, task, _stopper) = connect(1024);
    haproxy.write_all(&hello(16_380)).await.unwrap();
    assert_eq!(read_one(&mut haproxy).await, None);
    sleep(TIMEOUTS.idle / 2).await;
    let start = Instant::now();
    for byte in notify(1, 100) {
        if haproxy.write_all(&[byte]).await.is_err() {
            break;
        }
        sleep(Duration::from_secs(1)).await;
    }
    assert!(matches!(task.await.unwrap(), Ending::Unfinished));
    assert!(start.elapsed() <= TIMEOUTS.frame + TIMEOUTS.close + Duration::from_secs(1));
    assert_eq!(read_to_end(haproxy).await, (vec![], vec![Status::Timeout.code()]));
}

#[tokio::test(start_paused = true)]
async fn each_frame_has_its_own_deadline() {
    let (mut haproxy, task, _stopper) = connect(1024);
    haproxy.write_all(&hello(16_380)).await.unwrap();
    assert_eq!(read_one(&mut haproxy).await, None);
    // Every write ends one frame and begins the next one, so that there is always one that is not whole.
    let frames: Vec<u8> = (0..10).flat_map(|n| notify(n, 10)).collect();
    let len = frames.len() / 10;
    haproxy.write_all(&frames[..1]).await.unwrap();
    for n in 0..9 {
        sleep(TIMEOUTS.frame - Duration::from_secs(1)).await;
        haproxy.write_all(&frames[n * len + 1..(n + 1) * len + 1]).await.unwrap();
        assert_eq!(read_one(&mut haproxy).await, u64::try_from(n).ok());
    }
    drop(haproxy);
    assert!(matches!(task.await.unwrap(), Ending::Truncated { .. }));
}

#[tokio::test(start_paused = true)]
async fn no_answer_is_sent_twice_when_the_time_for_the_hello_is_over() {
    let mut frames = hello(16_380);
    for n in 0..60 {
        NotifyEncoder::begin(&mut frames, n, 1, MaxFrameSize::MAX).finish();
    }
    // All frames fit into the pipe, and are read at once. Their answers are longer and wait for the reader.
    let (mut haproxy, task, _stopper) = connect(frames.len());
    haproxy.write_all(&frames).await.unwrap();
    sleep(TIMEOUTS.hello + Duration::from_secs(1)).await;
    haproxy.shutdown().await.unwrap();
    assert_eq!(read_to_end(haproxy).await, ((0..60).collect(), vec![]));
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

#[tokio::test(start_paused = true)]
async fn a_slow_reader_that_goes_on_sending_does_not_keep_it_from_stopping() {
    let (mut haproxy, task, stopper) = connect(2048);
    haproxy.write_all(&hello(16_380)).await.unwrap();
    assert_eq!(read_one(&mut haproxy).await, None);
    let (mut reader, mut writer) = tokio::io::split(haproxy);
    let frames: Vec<u8> = (0..100).flat_map(|n| notify(n, 1)).collect();
    let flood = tokio::spawn(async move { while writer.write_all(&frames).await.is_ok() {} });
    let slow = tokio::spawn(async move {
        while reader.read_u8().await.is_ok() {
            sleep(Duration::from_millis(50)).await;
        }
    });
    sleep(TIMEOUTS.write / 2).await;
    let start = Instant::now();
    stopper.stop();
    assert!(matches!(task.await.unwrap(), Ending::Stopped));
    assert_eq!(start.elapsed(), TIMEOUTS.end);
    flood.await.unwrap();
    slow.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_refused_peer_that_goes_on_talking_is_closed_all_the_same() {
    let (mut haproxy, task, _stopper) = connect(256);
    let flood = async { while haproxy.write_all(b"GET / HTTP/1.1\r\n\r\n").await.is_ok() {} };
    let (ending, ()) = tokio::join!(task, flood);
    assert!(matches!(ending.unwrap(), Ending::Closed(Closed::Malformed(_))));
}
