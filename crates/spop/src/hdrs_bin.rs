//! `req.hdrs_bin` and `res.hdrs_bin`: the headers of a message in one BINARY argument.
//!
//! ```text
//! +---------+---------+---------+---------+---+---+---+
//! | name    | value   | name    | value   | … | 0 | 0 |    the end: an empty name and an empty value
//! | STRING  | STRING  | STRING  | STRING  |   |   |   |
//! +---------+---------+---------+---------+---+---+---+
//! ```
//!
//! HAProxy's configuration manual describes it (section 7.3.6, `req.hdrs_bin`); the strings are those of
//! SPOP. Names arrive in lower case, values without surrounding white space, repeated headers as often as
//! they were sent.

use core::iter::FusedIterator;

use bytes::BufMut;

use crate::error::{Defect, Error, Field};
use crate::payload::Payload;
use crate::string::{self, string};

/// Name and value.
type Header<'a> = (&'a [u8], &'a [u8]);

/// The headers, as pairs of name and value, read as they are asked for. Ends after the first error.
///
/// Offsets in errors count from the first byte of the value, not of the frame.
#[derive(Debug, Clone)]
pub struct HdrsBin<'a> {
    /// None behind the end of the list and behind an error.
    rest: Option<Payload<'a>>,
}

impl<'a> HdrsBin<'a> {
    /// Headers in the bytes of a BINARY.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: Some(Payload::new(bytes)) }
    }

    /// Appends `headers` and the end of the list to `out`. A header without name and value would be the end.
    pub fn encode<'h>(headers: impl IntoIterator<Item = (&'h [u8], &'h [u8])>, out: &mut impl BufMut) {
        for (name, value) in headers {
            string::encode(name, out);
            string::encode(value, out);
        }
        out.put_slice(&[0, 0]);
    }
}

impl<'a> Iterator for HdrsBin<'a> {
    type Item = Result<(&'a [u8], &'a [u8]), Error>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let mut payload = self.rest.take()?;
        let header = parse(&mut payload).transpose()?;
        if header.is_ok() {
            self.rest = Some(payload);
        }
        Some(header)
    }
}

impl FusedIterator for HdrsBin<'_> {}

/// One header, or nothing at the end of the list.
#[inline]
fn parse<'a>(payload: &mut Payload<'a>) -> Result<Option<Header<'a>>, Error> {
    let name = payload.next(Field::HeaderName, string)?;
    let value = payload.next(Field::HeaderValue, string)?;
    if !(name.is_empty() && value.is_empty()) {
        return Ok(Some((name, value)));
    }
    if payload.is_empty() {
        Ok(None)
    } else {
        Err(payload.malformed(Field::HeaderName, Defect::TrailingBytes))
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    fn malformed(field: Field, offset: usize, defect: Defect) -> Error {
        Error::Malformed { field, offset, defect }
    }

    #[test]
    fn a_repeated_header_appears_as_often_as_it_was_sent() {
        let headers: Result<Vec<_>, _> = HdrsBin::new(b"\x01a\x01x\x01a\x00\x00\x00").collect();
        assert_eq!(headers, Ok([(&b"a"[..], &b"x"[..]), (b"a", b"")].to_vec()));
    }

    #[test]
    fn a_list_without_its_end_is_truncated() {
        for (bytes, field, offset) in [
            (&b""[..], Field::HeaderName, 0),
            (b"\x00", Field::HeaderValue, 1),
            (b"\x01a\x01x", Field::HeaderName, 4),
            (b"\x01a\x02x", Field::HeaderValue, 3),
        ] {
            let mut headers = HdrsBin::new(bytes);
            let error = headers.find_map(Result::err);
            assert_eq!(error, Some(malformed(field, offset, Defect::Truncated)), "{bytes:?}");
            assert!(headers.next().is_none());
        }
    }

    #[test]
    fn refuses_bytes_behind_the_end() {
        let mut headers = HdrsBin::new(b"\x00\x00\x01");
        assert_eq!(headers.next(), Some(Err(malformed(Field::HeaderName, 2, Defect::TrailingBytes))));
        assert_eq!(headers.next(), None);
    }

    proptest! {
        #[test]
        fn headers_come_back(headers: Vec<(Vec<u8>, Vec<u8>)>) {
            let headers: Vec<_> = headers
                .iter()
                .map(|(name, value)| (&name[..], &value[..]))
                .filter(|(name, _)| !name.is_empty())
                .collect();
            let mut out = Vec::new();
            HdrsBin::encode(headers.iter().copied(), &mut out);
            prop_assert_eq!(HdrsBin::new(&out).collect::<Result<Vec<_>, _>>(), Ok(headers));
        }
    }
}
