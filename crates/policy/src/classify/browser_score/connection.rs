use super::score::Finding;
use crate::facts::{Connection, HttpVersion, TlsLabel};

pub(super) fn judge_version(connection: &Connection) -> Finding {
    match connection.version {
        None => Finding::silent("the version is not known"),
        Some(HttpVersion::Http10) => Finding::contradicts("HTTP/1.0, which browsers do not send"),
        Some(HttpVersion::Http11) if connection.is_secure() => {
            Finding::missing("HTTP/1.1 over TLS, where browsers ask for HTTP/2")
        }
        Some(HttpVersion::Http11) => Finding::silent("HTTP/1.1 in clear text, as everybody"),
        Some(HttpVersion::Http2 | HttpVersion::Http3) if connection.is_secure() => {
            Finding::agrees("HTTP/2 or HTTP/3 over TLS")
        }
        Some(HttpVersion::Http2 | HttpVersion::Http3) => {
            Finding::contradicts("HTTP/2 in clear text, which browsers do not speak")
        }
    }
}

pub(super) fn judge_label(connection: &Connection) -> Finding {
    match connection.tls_label {
        Some(TlsLabel::Browser) => Finding::agrees("the TLS hello is a browser's"),
        Some(TlsLabel::Script) => Finding::contradicts("the TLS hello is a program's"),
        Some(TlsLabel::Unknown) | None => Finding::silent("the TLS hello is not known"),
    }
}
