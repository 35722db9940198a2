//! Which URL a method is asked about.

use varnish::vcl::{Ctx, HttpHeaders, StrOrBytes};

/// Host and URL of the request that VCL is at, as bytes: neither need be UTF-8.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct RequestUrl<'a> {
    /// The `Host` header; empty where there is none.
    pub(crate) host: &'a [u8],
    /// The request target.
    pub(crate) url: &'a [u8],
}

impl<'a> RequestUrl<'a> {
    /// `req` in client subroutines, `bereq` in backend subroutines; `None` in `vcl_init` and `vcl_fini`.
    pub(crate) fn of(ctx: &'a Ctx<'_>) -> Option<Self> {
        let http: &HttpHeaders<'_> = ctx.http_req.as_ref().or(ctx.http_bereq.as_ref())?;
        Some(Self { host: http.header("host").map(bytes).unwrap_or_default(), url: bytes(http.url()?) })
    }

    /// The parts on either side of the first `?`.
    pub(crate) fn path_and_query(&self) -> (&'a [u8], Option<&'a [u8]>) {
        let mut parts = self.url.splitn(2, |byte| *byte == b'?');
        (parts.next().unwrap_or_default(), parts.next())
    }
}

pub(crate) fn bytes(text: StrOrBytes<'_>) -> &[u8] {
    match text {
        StrOrBytes::Utf8(text) => text.as_bytes(),
        StrOrBytes::Bytes(bytes) => bytes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(url: &[u8]) -> (&[u8], Option<&[u8]>) {
        RequestUrl { host: b"", url }.path_and_query()
    }

    #[test]
    fn splits_at_the_first_question_mark() {
        assert_eq!(split(b"/a.jpg?b=c?d"), (&b"/a.jpg"[..], Some(&b"b=c?d"[..])));
    }

    #[test]
    fn tells_an_empty_query_from_none() {
        assert_eq!(split(b"/a.jpg?"), (&b"/a.jpg"[..], Some(&b""[..])));
        assert_eq!(split(b"/a.jpg"), (&b"/a.jpg"[..], None));
    }
}
