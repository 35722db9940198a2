//! The frames in `tests/frames`, as bytes.

use spop::{Frame, MaxFrameSize, Split, split_frame};

/// What one version of HAProxy sent: kinds and bytes, in the order of the file.
pub type Capture = Vec<(&'static str, Vec<u8>)>;

/// The three captures, each with the version that it comes from.
pub fn all() -> [(&'static str, Capture); 3] {
    [
        ("2.6", parse(include_str!("../frames/haproxy-2.6.txt"))),
        ("3.0", parse(include_str!("../frames/haproxy-3.0.txt"))),
        ("3.5-dev5", parse(include_str!("../frames/haproxy-3.5-dev5.txt"))),
    ]
}

fn parse(text: &'static str) -> Capture {
    let frames = text.lines().map(|line| line.split_once(' ').expect("kind and bytes"));
    frames.map(|(kind, hex)| (kind, unhex(hex))).collect()
}

fn unhex(hex: &str) -> Vec<u8> {
    assert!(hex.len().is_multiple_of(2), "half a byte");
    let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex digits");
    (0..hex.len()).step_by(2).map(byte).collect()
}

/// The one frame that `bytes` is.
pub fn frame(bytes: &[u8]) -> Frame<'_> {
    match split_frame(bytes, MaxFrameSize::HAPROXY_DEFAULT) {
        Ok(Split::Complete { frame, rest: [] }) => Frame::parse(frame).expect("a frame without defect"),
        other => panic!("not exactly one frame: {other:?}"),
    }
}
