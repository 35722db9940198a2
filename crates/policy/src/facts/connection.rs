use std::str::FromStr;

/// What a proxy knows of the connection that a request came on, beside its headers. Whatever is not known is left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Connection {
    /// Version of HTTP between the client and the proxy.
    pub version: Option<HttpVersion>,
    /// Whether the client spoke TLS to the proxy (HAProxy: `ssl_fc`).
    pub tls: Option<bool>,
    /// What a list of TLS fingerprints (JA3, JA4) says of the client's hello.
    pub tls_label: Option<TlsLabel>,
}

impl Connection {
    /// Whether the connection is known to be over TLS. No browser speaks HTTP/2 in clear text, so that a later version alone says it.
    pub(crate) fn is_secure(&self) -> bool {
        self.tls.unwrap_or(self.version >= Some(HttpVersion::Http2))
    }
}

/// A version of HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HttpVersion {
    /// HTTP/1.0 or before.
    Http10,
    /// HTTP/1.1.
    Http11,
    /// HTTP/2.
    Http2,
    /// HTTP/3.
    Http3,
}

/// As HAProxy's `req.ver` and Varnish's `req.proto` have it: `1.1`, `2.0`, `HTTP/1.1`, `HTTP/2.0`.
impl FromStr for HttpVersion {
    type Err = UnknownHttpVersion;

    fn from_str(text: &str) -> Result<Self, UnknownHttpVersion> {
        match text.strip_prefix("HTTP/").unwrap_or(text) {
            "0.9" | "1.0" => Ok(Self::Http10),
            "1.1" => Ok(Self::Http11),
            "2" | "2.0" => Ok(Self::Http2),
            "3" | "3.0" => Ok(Self::Http3),
            _ => Err(UnknownHttpVersion),
        }
    }
}

/// A text that is no version of HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a version of HTTP; expected 1.0, 1.1, 2.0 or 3.0")]
pub struct UnknownHttpVersion;

/// Whose TLS hello it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TlsLabel {
    /// A browser's.
    Browser,
    /// A program's.
    Script,
    /// Not on the list.
    Unknown,
}

impl FromStr for TlsLabel {
    type Err = UnknownTlsLabel;

    fn from_str(text: &str) -> Result<Self, UnknownTlsLabel> {
        match text {
            "browser" => Ok(Self::Browser),
            "script" => Ok(Self::Script),
            "unknown" => Ok(Self::Unknown),
            _ => Err(UnknownTlsLabel),
        }
    }
}

/// A text that labels no TLS hello.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a label of a TLS hello; expected browser, script or unknown")]
pub struct UnknownTlsLabel;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_version_as_both_proxies_write_it() {
        for (text, version) in
            [("1.0", HttpVersion::Http10), ("HTTP/1.1", HttpVersion::Http11), ("2.0", HttpVersion::Http2)]
        {
            assert_eq!(text.parse(), Ok(version));
        }
        assert_eq!("HTTP/".parse::<HttpVersion>(), Err(UnknownHttpVersion));
    }

    #[test]
    fn a_version_that_needs_tls_tells_of_it_and_an_older_one_does_not() {
        let connection = |version, tls| Connection { version, tls, tls_label: None };
        assert!(connection(Some(HttpVersion::Http2), None).is_secure());
        assert!(!connection(Some(HttpVersion::Http2), Some(false)).is_secure());
        assert!(!connection(Some(HttpVersion::Http11), None).is_secure());
        assert!(!Connection::default().is_secure());
    }
}
