use std::cell::OnceCell;

use crate::classify::Client;
use crate::facts::{NormalPath, Request};
use crate::seal::{Provenance, SealStatus};

/// What the rules judge: a request, and who sends it.
pub(crate) struct Case<'c, 'a> {
    pub(crate) request: Request<'a>,
    pub(crate) client: &'c Client<'a>,
    /// Whether nothing but an image is asked for: by GET or HEAD, and without a parameter that the cache would see.
    pub(crate) asks_for_an_image_alone: bool,
    path: OnceCell<NormalPath<'a>>,
}

impl<'c, 'a> Case<'c, 'a> {
    /// `strips` says which parameters never reach a cache.
    pub(crate) fn new(request: Request<'a>, client: &'c Client<'a>, strips: Option<&Provenance>) -> Self {
        let is_read = matches!(request.method, b"GET" | b"HEAD");
        let is_alone =
            || request.query.is_none_or(|query| strips.is_some_and(|strips| strips.strips_all(query)));
        let asks_for_an_image_alone = client.provenance.status == SealStatus::Valid && is_read && is_alone();
        Self { request, client, asks_for_an_image_alone, path: OnceCell::new() }
    }

    /// The path in its normal form, found when a rule first asks for it.
    pub(crate) fn path(&self) -> &NormalPath<'a> {
        self.path.get_or_init(|| NormalPath::of(self.request.path))
    }

    /// Whether robots.txt is asked for, and nothing else by its name: another method or a query is no crawler's.
    pub(crate) fn asks_for_robots_txt(&self) -> bool {
        /// The path that is never refused (RFC 9309 section 2.3).
        const ROBOTS_TXT: &[u8] = b"/robots.txt";
        let Request { method, path, query, .. } = self.request;
        path == ROBOTS_TXT && query.is_none() && matches!(method, b"GET" | b"HEAD")
    }

    /// Whether a browser asks for a script's leave to send what it wants to send (Fetch standard, "CORS-preflight fetch").
    pub(crate) fn is_preflight(&self) -> bool {
        self.request.method == b"OPTIONS" && self.request.headers.ask_for_permission()
    }
}
