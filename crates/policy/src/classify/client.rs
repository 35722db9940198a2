use std::net::IpAddr;

use super::Tier;
use super::contact::Contact;
use super::crawler::Identity;
use super::network::{Network, NetworkKind};
use super::user_agent::{Classified, UaClass};
use crate::facts::Request;
use crate::seal::{ImageProvenance, SealStatus};
use crate::session::{Session, SessionCache, SessionStatus};
use crate::{Policy, Timestamp};

/// Who asks: all that is known of a request before any rule looks at it. Borrows from the policy and from the request.
#[derive(Clone, Debug)]
pub struct Client<'a> {
    /// Address of the client, behind the proxies that are trusted; none where it is not known.
    pub ip: Option<IpAddr>,
    /// The network that the address belongs to.
    pub network: Option<&'a Network>,
    /// The crawler that it is, or says that it is.
    pub crawler: Identity<'a>,
    /// What the request's token is worth.
    pub session: Session<'a>,
    /// How far the client is trusted.
    pub tier: Tier,
    /// Class of the user agent.
    pub ua_class: UaClass,
    /// The contact that the user agent names.
    pub contact: Option<Contact<'a>>,
    /// Where the URL of an image comes from.
    pub provenance: ImageProvenance<'a>,
    /// How much the request looks like a browser's, 0 to 100; 0 in other tiers than C and E.
    pub browser_score: u8,
}

impl Policy {
    /// Tells who sends a request, at the time `now`; tokens that were verified before are found in `sessions`.
    ///
    /// Charges nothing and remembers nothing but tokens. A query value or a path that is not in its normal form is copied, and a
    /// token that is seen for the first time takes memory while it is verified; nothing else allocates.
    #[must_use]
    pub fn classify<'a>(
        &'a self,
        request: &Request<'a>,
        sessions: &SessionCache,
        now: Timestamp,
    ) -> Client<'a> {
        let headers = &request.headers;
        let ip = self.client_address(request.ip, headers);
        let network = ip.and_then(|ip| self.networks.find(ip));
        let Classified { class, contact } =
            self.user_agents.classify(headers.user_agent(), headers.api_user_agent());
        let crawler = self.crawlers.identify(headers.user_agent(), ip);
        let kind = network.map(|network| network.kind);
        let session = match &self.sessions {
            Some(section) => section.verify(request, ip, sessions, now),
            None => Session::only(SessionStatus::None),
        };
        let provenance = match &self.provenance {
            Some(provenance) => provenance.verify(request.host, request.path, request.query, now),
            None => ImageProvenance::only(SealStatus::None),
        };
        let is_abusive = kind == Some(NetworkKind::Abusive);
        let tier = Tier::of(&Standing {
            network: kind,
            is_known_crawler: matches!(crawler, Identity::Verified(_)),
            has_session: session.is_valid(),
            has_pass: is_abusive && self.cookie_passes.grants(request, now).is_some(),
            names_a_contact: contact.is_some(),
        });
        let browser_score = match tier {
            Tier::C | Tier::E => {
                let sealed = provenance.status == SealStatus::Valid;
                self.browser_score.score(request, class, &request.connection, sealed).total()
            }
            Tier::A | Tier::B | Tier::D | Tier::F => 0,
        };
        Client { ip, network, crawler, session, tier, ua_class: class, contact, provenance, browser_score }
    }
}

impl<'a> Client<'a> {
    /// The known client that this is: a verified crawler, else whose network the request comes from.
    pub(crate) fn known(&self) -> Option<&'a str> {
        match self.crawler {
            Identity::Verified(crawler) => Some(&crawler.id),
            Identity::Impostor(_) | Identity::Nobody => {
                let network = self.network.filter(|network| network.kind == NetworkKind::Client);
                network.map(|network| &*network.name)
            }
        }
    }
}

/// What makes a tier.
pub(super) struct Standing {
    pub(super) network: Option<NetworkKind>,
    pub(super) is_known_crawler: bool,
    pub(super) has_session: bool,
    /// Looked for only where it makes a difference.
    pub(super) has_pass: bool,
    pub(super) names_a_contact: bool,
}
