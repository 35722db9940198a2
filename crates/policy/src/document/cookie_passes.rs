use serde::Deserialize;
use serde_saphyr::Spanned;

/// An entry of section `cookie_passes`: a cookie by which people out of an abusive network are let in (`docs/cookie-pass.md`).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CookiePassDocument {
    /// The hosts where it counts: a name, or `*.example.org` for every name below it.
    pub host: Spanned<String>,
    /// Name of the cookie.
    pub name: Spanned<String>,
    /// Values that count. At least one.
    pub values: Vec<CookieValueDocument>,
    /// The domain that people set the cookie for, which `host` is within. Default: the one host alone.
    pub domain: Option<Spanned<String>>,
    /// How long browsers keep the cookie, at most 400 days. Default 365 days.
    pub max_age: Option<Spanned<String>>,
}

/// An entry of `values`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CookieValueDocument {
    /// The value, compared byte for byte.
    pub value: Spanned<String>,
    /// Date (begins at 00:00:00 UTC) or RFC 3339 time from which on the value no longer counts.
    pub until: Spanned<String>,
}
