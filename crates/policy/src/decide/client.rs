use std::cell::OnceCell;

use crate::classify::contact::Contact;
use crate::classify::network::{Network, NetworkKind};
use crate::classify::{Tier, user_agent::UaClass};
use crate::facts::{NormalPath, Request};

/// What the rules look at: the request, and what is known of who sends it.
pub(crate) struct Client<'a> {
    pub(crate) request: Request<'a>,
    pub(crate) network: Option<&'a Network>,
    pub(crate) tier: Tier,
    pub(crate) class: UaClass,
    pub(crate) contact: Option<Contact<'a>>,
    path: OnceCell<NormalPath<'a>>,
}

impl<'a> Client<'a> {
    pub(crate) fn new(
        request: Request<'a>,
        network: Option<&'a Network>,
        class: UaClass,
        contact: Option<Contact<'a>>,
    ) -> Self {
        let tier = Tier::of(network, contact.is_some());
        Self { request, network, tier, class, contact, path: OnceCell::new() }
    }

    /// The path in its normal form, found when a rule first asks for it.
    pub(crate) fn path(&self) -> &NormalPath<'a> {
        self.path.get_or_init(|| NormalPath::of(self.request.path))
    }

    /// The known client whose network the request comes from.
    pub(crate) fn known_client(&self) -> Option<&'a str> {
        self.network.filter(|network| network.kind == NetworkKind::Client).map(|network| &*network.name)
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
