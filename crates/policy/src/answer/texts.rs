use crate::facts::{NormalPath, PathPattern, Request};

/// Section `errors`, compiled: what a site adds to its answers.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    /// The site's name.
    pub(super) title: Option<Box<str>>,
    /// Further links.
    pub(super) links: Box<[Link]>,
    /// Paths where programs ask.
    pub(super) json_paths: Box<[PathPattern]>,
}

impl Texts {
    /// Whether programs ask on the path of a request: it decides where `Accept` leaves it open.
    pub(super) fn programs_ask(&self, request: &Request<'_>) -> bool {
        if self.json_paths.is_empty() {
            return false;
        }
        let path = NormalPath::of(request.path);
        self.json_paths.iter().any(|pattern| pattern.resembles(&path))
    }
}

/// A link of the page.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) text: Box<str>,
    pub(super) url: Box<str>,
}
