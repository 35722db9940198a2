use std::borrow::Cow;

use policy::facts::HttpVersion;

use super::Skip;
use crate::replay::Record;
use crate::replay::record::Text;

/// Reads a request line (RFC 9112 section 3) into `record`; `decode` undoes what the logger has escaped.
///
/// Parts are told apart before they are decoded: what was escaped was no separator. A target with a space in it is read to the
/// last one.
pub(super) fn read<'l>(
    line: &'l [u8],
    decode: fn(&'l [u8]) -> Text<'l>,
    record: &mut Record<'l>,
) -> Result<(), Skip> {
    let space = memchr::memchr(b' ', line).ok_or(Skip::NoRequest)?;
    let (method, rest) = line.split_at_checked(space).ok_or(Skip::NoRequest)?;
    let rest = rest.trim_ascii();
    // Varnish writes a "-" where a request had no method.
    if matches!(method, b"" | b"-") || rest.is_empty() || !method.iter().all(|byte| is_token(*byte)) {
        return Err(Skip::NoRequest);
    }
    record.method = Cow::Borrowed(method);
    let last = memchr::memrchr(b' ', rest).and_then(|at| rest.split_at_checked(at));
    match last {
        Some((target, version)) if version.trim_ascii_start().starts_with(b"HTTP/") => {
            record.connection.version = version_of(version.trim_ascii_start());
            self::target(target.trim_ascii_end(), decode, record);
        }
        // HTTP/0.9, or a logger that leaves the version out.
        _ => target(rest, decode, record),
    }
    Ok(())
}

/// Reads a request target: the host of one in absolute form counts (RFC 9112 section 3.2.2).
pub(super) fn target<'l>(target: &'l [u8], decode: fn(&'l [u8]) -> Text<'l>, record: &mut Record<'l>) {
    let (path, query) = match memchr::memchr(b'?', target).and_then(|at| target.split_at_checked(at)) {
        Some((path, query)) => (path, query.get(1..)),
        None => (target, None),
    };
    record.query = query.map(decode);
    let scheme = ["http://", "https://"].into_iter().find(|scheme| {
        path.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme.as_bytes()))
    });
    let Some(authority) = scheme.and_then(|scheme| path.get(scheme.len()..)) else {
        record.path = decode(path);
        return;
    };
    let end = memchr::memchr(b'/', authority).unwrap_or(authority.len());
    let (host, path) = authority.split_at_checked(end).unwrap_or_default();
    // Who asks with a password in the URL has not meant to show it.
    let host = memchr::memrchr(b'@', host).and_then(|at| host.get(at.saturating_add(1)..)).unwrap_or(host);
    record.host = decode(host);
    record.path = if path.is_empty() { Cow::Borrowed(b"/") } else { decode(path) };
}

/// A version as it stands in a request line; none where it is none that is known.
pub(super) fn version_of(text: &[u8]) -> Option<HttpVersion> {
    str::from_utf8(text).ok()?.parse().ok()
}

/// Whether a byte may stand in a method (RFC 9110 section 5.6.2).
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::super::escape::{decode_hashes, unescape};
    use super::*;

    fn read_line(line: &[u8]) -> Result<(String, String, String, Option<String>), Skip> {
        let mut record = Record::default();
        read(line, unescape, &mut record)?;
        let text = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
        let Record { method, host, path, query, .. } = record;
        Ok((text(&method), text(&host), text(&path), query.map(|query| text(&query))))
    }

    fn parts(
        method: &str,
        host: &str,
        path: &str,
        query: Option<&str>,
    ) -> (String, String, String, Option<String>) {
        (method.into(), host.into(), path.into(), query.map(str::to_owned))
    }

    #[test]
    fn splits_method_path_and_query() {
        assert_eq!(read_line(b"GET /a?b=c?d HTTP/1.1"), Ok(parts("GET", "", "/a", Some("b=c?d"))));
        assert_eq!(read_line(b"GET /a"), Ok(parts("GET", "", "/a", None)));
        assert_eq!(read_line(b"OPTIONS * HTTP/1.1"), Ok(parts("OPTIONS", "", "*", None)));
        assert_eq!(read_line(b"GET /a b HTTP/1.0"), Ok(parts("GET", "", "/a b", None)));
    }

    #[test]
    fn takes_the_host_of_an_absolute_target_and_leaves_a_password_out() {
        let line = b"GET http://me:secret@www.example.org:81/a?b HTTP/1.1";
        assert_eq!(read_line(line), Ok(parts("GET", "www.example.org:81", "/a", Some("b"))));
        assert_eq!(read_line(b"GET HTTPS://x HTTP/1.1"), Ok(parts("GET", "x", "/", None)));
    }

    #[test]
    fn a_question_mark_that_was_escaped_begins_no_query() {
        assert_eq!(read_line(br"GET /a\x3fb HTTP/1.1"), Ok(parts("GET", "", "/a?b", None)));
        let mut record = Record::default();
        read(b"GET /a#22b HTTP/1.1", decode_hashes, &mut record).unwrap();
        assert_eq!(&*record.path, b"/a\"b");
    }

    #[test]
    fn what_no_request_is_is_told() {
        for line in [
            &b"-"[..],
            b"",
            b"<BADREQ>",
            br"\x16\x03\x01 \x00",
            b"GET ",
            b"{} x",
            b"- http://localhost HTTP/1.0",
        ] {
            assert_eq!(read_line(line), Err(Skip::NoRequest), "{}", line.escape_ascii());
        }
    }
}
