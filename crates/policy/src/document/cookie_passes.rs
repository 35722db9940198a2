use serde::Deserialize;
use serde_saphyr::Spanned;

/// An entry of section `cookie_passes`, at most 64: a cookie by which people out of an abusive network are let in: tier E in
/// place of F (`docs/cookie-pass.md`).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CookiePassDocument {
    /// The hosts where it counts: a name, or `*.example.org` for every name below it.
    pub host: Spanned<String>,
    /// Name of the cookie: at most 64 characters of a token (RFC 6265 section 4.1.1).
    pub name: Spanned<String>,
    /// Values that count: 1 to 16.
    pub values: Vec<CookieValueDocument>,
    /// The domain that people set the cookie for, which `host` is within, and no public suffix. Default: the one host alone.
    pub domain: Option<Spanned<String>>,
    /// How long browsers keep the cookie, at most 400 days. Default `365d`.
    pub max_age: Option<Spanned<String>>,
}

/// An entry of `values`: one that counts, and until when. A leaked one gets an earlier end, and a new one stands beside it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CookieValueDocument {
    /// The value, compared byte for byte: at most 255 bytes.
    pub value: Spanned<String>,
    /// Date or time from which on the value no longer counts.
    pub until: Spanned<String>,
}
