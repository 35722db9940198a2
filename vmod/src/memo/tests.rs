use super::*;
use crate::decision::tests::decide;

const SEALED: RequestUrl<'_> = RequestUrl { host: b"upload.example.org", url: b"/a.jpg?utm_term=seal" };
const STRIPPED: RequestUrl<'_> = RequestUrl { host: b"upload.example.org", url: b"/a.jpg" };

/// Asks for `request` and answers with the URL that was judged, `None` where the memo knew.
fn judged(memo: &mut Memo, object: ObjectId, request: RequestUrl<'_>) -> Option<Vec<u8>> {
    let mut judged = None;
    memo.image(object, request, |request| {
        judged = Some(request.url.to_vec());
        Image::NONE
    });
    judged
}

#[test]
fn judges_a_url_once() {
    let (mut memo, edge) = (Memo::default(), ObjectId::next());
    assert_eq!(judged(&mut memo, edge, SEALED), Some(SEALED.url.to_vec()));
    assert_eq!(judged(&mut memo, edge, SEALED), None);
}

#[test]
fn a_stripped_url_stands_for_what_it_was() {
    let (mut memo, edge) = (Memo::default(), ObjectId::next());
    judged(&mut memo, edge, SEALED);
    memo.strip(edge, SEALED, STRIPPED.url.into());
    assert_eq!(judged(&mut memo, edge, STRIPPED), None);
    assert_eq!(judged(&mut memo, edge, SEALED), None);
}

#[test]
fn stripping_before_the_first_question_changes_no_answer() {
    let (mut memo, edge) = (Memo::default(), ObjectId::next());
    memo.strip(edge, SEALED, STRIPPED.url.into());
    assert_eq!(judged(&mut memo, edge, STRIPPED), Some(SEALED.url.to_vec()));
}

#[test]
fn a_stripped_url_stands_for_what_it_was_when_the_host_is_rewritten() {
    let (mut memo, edge) = (Memo::default(), ObjectId::next());
    memo.strip(edge, SEALED, STRIPPED.url.into());
    judged(&mut memo, edge, STRIPPED);
    assert_eq!(judged(&mut memo, edge, RequestUrl { host: b"media", ..STRIPPED }), None);
}

#[test]
fn judges_another_url_anew() {
    let (mut memo, edge) = (Memo::default(), ObjectId::next());
    memo.strip(edge, SEALED, STRIPPED.url.into());
    judged(&mut memo, edge, SEALED);
    let other = RequestUrl { url: b"/b.jpg?utm_term=seal", ..SEALED };
    assert_eq!(judged(&mut memo, edge, other), Some(other.url.to_vec()));
}

#[test]
fn a_host_that_vcl_rewrites_is_not_judged_again() {
    let (mut memo, edge) = (Memo::default(), ObjectId::next());
    judged(&mut memo, edge, STRIPPED);
    for host in [b"UPLOAD.example.org".as_slice(), b"upload.example.org:80", b"other.example", b""] {
        assert_eq!(judged(&mut memo, edge, RequestUrl { host, ..STRIPPED }), None);
    }
}

#[test]
fn forgets_what_stood_for_a_url_that_was_replaced() {
    let (mut memo, edge) = (Memo::default(), ObjectId::next());
    memo.strip(edge, SEALED, STRIPPED.url.into());
    judged(&mut memo, edge, RequestUrl { url: b"/b.jpg", ..SEALED });
    assert_eq!(judged(&mut memo, edge, STRIPPED), Some(STRIPPED.url.to_vec()));
}

#[test]
fn keeps_objects_apart() {
    let (mut memo, edge, other) = (Memo::default(), ObjectId::next(), ObjectId::next());
    judged(&mut memo, edge, SEALED);
    memo.strip(edge, SEALED, STRIPPED.url.into());
    assert_eq!(judged(&mut memo, other, STRIPPED), Some(STRIPPED.url.to_vec()));
    assert_eq!(judged(&mut memo, edge, STRIPPED), None);
}

#[test]
fn a_request_is_decided_on_once_and_as_it_came() {
    let (mut memo, edge) = (Memo::default(), ObjectId::next());
    memo.strip(edge, SEALED, STRIPPED.url.into());
    let mut decided = Vec::new();
    for request in [STRIPPED, SEALED, STRIPPED, RequestUrl { url: b"/b.jpg", ..SEALED }] {
        memo.decision(edge, request, |request| {
            decided.push(request.url.to_vec());
            decide("203.0.113.99", "/", &[])
        });
    }
    assert_eq!(decided, [SEALED.url, b"/b.jpg"]);
}

#[test]
fn to_ask_for_an_image_decides_on_nothing() {
    let (mut memo, edge) = (Memo::default(), ObjectId::next());
    judged(&mut memo, edge, SEALED);
    memo.strip(edge, SEALED, STRIPPED.url.into());
    let mut is_decided = false;
    memo.decision(edge, STRIPPED, |_| {
        is_decided = true;
        decide("203.0.113.99", "/", &[])
    });
    assert!(is_decided);
}
