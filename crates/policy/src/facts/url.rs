/// A URL that a person writes, in the parts of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Url<'u> {
    /// Whether it is asked for over TLS, if the URL says so.
    pub tls: Option<bool>,
    /// Host, with port; empty for a path alone.
    pub host: &'u str,
    /// Path; `/` where there is none.
    pub path: &'u str,
    /// Query, without `?`.
    pub query: Option<&'u str>,
}

/// A URL of a scheme that no proxy is asked by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("neither http nor https; expected https://host/path or host/path")]
pub struct UnknownScheme;

impl<'u> Url<'u> {
    /// Splits `https://host/path?query#fragment`, or the same without its scheme, or from its path on. The fragment is not sent, and
    /// left out.
    ///
    /// # Errors
    /// [`UnknownScheme`].
    pub fn split(url: &'u str) -> Result<Self, UnknownScheme> {
        let (tls, rest) = match url.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => (Some(true), rest),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => (Some(false), rest),
            // A colon and slashes within a path or a query are no scheme.
            Some((scheme, _)) if !scheme.contains(['/', '?', '#']) => return Err(UnknownScheme),
            Some(_) | None => (None, url),
        };
        let rest = rest.split('#').next().unwrap_or(rest);
        let (before, query) = match rest.split_once('?') {
            Some((before, query)) => (before, Some(query)),
            None => (rest, None),
        };
        let (host, path) = before.split_at(before.find('/').unwrap_or(before.len()));
        Ok(Self { tls, host, path: if path.is_empty() { "/" } else { path }, query })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_split_as_a_browser_sends_it() {
        let url = |tls, host, path, query| Ok(Url { tls, host, path, query });
        for (text, expected) in [
            ("https://a.example/x?y=z#f", url(Some(true), "a.example", "/x", Some("y=z"))),
            ("HTTP://a.example:8080", url(Some(false), "a.example:8080", "/", None)),
            ("a.example/x", url(None, "a.example", "/x", None)),
            ("/x?u=https://b.example/", url(None, "", "/x", Some("u=https://b.example/"))),
            ("https://a.example?c=/d", url(Some(true), "a.example", "/", Some("c=/d"))),
            ("a.example?", url(None, "a.example", "/", Some(""))),
            ("ftp://a.example/", Err(UnknownScheme)),
        ] {
            assert_eq!(Url::split(text), expected, "{text}");
        }
    }
}
