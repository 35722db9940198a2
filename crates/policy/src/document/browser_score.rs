use serde::Deserialize;
use serde_saphyr::Spanned;

/// Section `browser_score`: how much a request looks like a browser's, 0 to 100, for tiers C and E (`docs/browser-score.md`).
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BrowserScoreDocument {
    /// What the signals count for.
    #[serde(default)]
    pub weights: WeightsDocument,
}

/// What each signal weighs, 0 to 1000; 0 for a signal that does not count.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeightsDocument {
    /// The user agent is a browser's and agrees with itself. Default `20`.
    pub user_agent: Option<Spanned<u16>>,
    /// `Sec-Fetch-*`, with each other, the path and `Referer`. Default `25`.
    pub fetch_metadata: Option<Spanned<u16>>,
    /// `Sec-CH-UA*` with the user agent. Default `15`.
    pub client_hints: Option<Spanned<u16>>,
    /// `Accept` for what is fetched. Default `10`.
    pub accept: Option<Spanned<u16>>,
    /// `Accept-Language`. Default `10`.
    pub accept_language: Option<Spanned<u16>>,
    /// `Accept-Encoding` of the browser that is claimed. Default `10`.
    pub accept_encoding: Option<Spanned<u16>>,
    /// HTTP/2 or later over TLS. Default `10`.
    pub http_version: Option<Spanned<u16>>,
    /// A valid seal on the URL; counts only where there is one. Default `10`.
    pub seal: Option<Spanned<u16>>,
    /// The label of the TLS hello; counts only where HAProxy passes one. Default `15`.
    pub tls: Option<Spanned<u16>>,
}
