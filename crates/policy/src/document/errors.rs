use serde::Deserialize;
use serde_saphyr::Spanned;

/// Section `errors`: what a refused client is shown besides the reason (`docs/answers.md`).
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorsDocument {
    /// The site's name, which stands above the page: 1 to 100 characters. Default none: the page has no name.
    pub title: Option<Spanned<String>>,
    /// Further links, below the page; at most 8.
    #[serde(default)]
    pub links: Vec<ErrorLinkDocument>,
    /// Paths where programs ask, each with at most one `*`: their answers are JSON where `Accept` leaves it open.
    #[serde(default)]
    pub json_paths: Vec<Spanned<String>>,
}

/// An entry of `errors.links`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorLinkDocument {
    /// What the link says: 1 to 100 characters.
    pub text: Spanned<String>,
    /// Where it leads: an http or https URL of at most 100 characters.
    pub url: Spanned<String>,
}
