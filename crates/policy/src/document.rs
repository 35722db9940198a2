//! The policy file as it stands in YAML.
//!
//! Each section is one type whose fields are its keys; what a key means, its unit and its default stand at the field.
//! Unknown keys are refused. Whether the values make sense together is the business of [`crate::compile`].

mod read;
mod table;

mod browser_score;
mod cookie_passes;
mod crawlers;
mod errors;
mod exemptions;
mod limits;
mod networks;
mod provenance;
mod sessions;
mod sitemaps;
mod user_agents;

use serde::Deserialize;
use serde_saphyr::Spanned;

pub use browser_score::BrowserScoreDocument;
pub use cookie_passes::{CookiePassDocument, CookieValueDocument};
pub use crawlers::CrawlerDocument;
pub use errors::{ErrorLinkDocument, ErrorsDocument};
pub use exemptions::ExemptionDocument;
pub use limits::{CostDocument, LimitDocument, LimitKeyKind, RungDocument};
pub use networks::{NetworkDocument, NetworkKind};
pub use provenance::{
    ImageRuleDocument, KeyDocument, ProvenanceDocument, RefererKind, RewriteDocument, ScopeDocument,
    SourceDocument,
};
pub(crate) use read::{open_regular, read_bytes, read_document};
pub use sessions::{AlgorithmDocument, OneOrMany, SessionKeyDocument, SessionsDocument};
pub use sitemaps::SitemapsDocument;
pub use table::Table;
pub use user_agents::{ClassDocument, ClassesDocument, StageDocument, UserAgentsDocument};

/// A policy file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyDocument {
    /// Version of the format: 1.
    pub version: Spanned<u32>,
    /// Whom a refused client may turn to.
    pub contact: ContactDocument,
    /// Whether nothing is enforced: each verdict allows, and says in `would` what would have been. Default `false`.
    #[serde(default)]
    pub shadow: bool,
    /// Networks and what is known of them.
    #[serde(default)]
    pub networks: Vec<NetworkDocument>,
    /// Proxies in front whose `X-Forwarded-For` is believed, right to left: prefixes of at least /8 (IPv4) or /7 (IPv6), and
    /// names of networks. Default empty: the address that connects is the client's.
    #[serde(default)]
    pub trusted_proxies: Vec<Spanned<String>>,
    /// Crawlers that are told by user agent and address together.
    #[serde(default)]
    pub crawlers: Vec<CrawlerDocument>,
    /// Logged-in users, known by the tokens that their issuer signed. Default none: nobody is in tier C.
    pub sessions: Option<SessionsDocument>,
    /// Signed image URLs. Default none: nothing is verified, signed or stripped.
    pub provenance: Option<ProvenanceDocument>,
    /// User-agent classes and what applies to them from when on.
    #[serde(default)]
    pub user_agents: UserAgentsDocument,
    /// Requests to which the stages of their user agents do not apply.
    #[serde(default)]
    pub exemptions: Vec<ExemptionDocument>,
    /// Rate limits for everyone who is not exempt.
    #[serde(default)]
    pub limits: Vec<LimitDocument>,
    /// Who may read sitemaps. Default none: everybody.
    pub sitemaps: Option<SitemapsDocument>,
    /// Cookies that lift people out of an abusive network.
    #[serde(default)]
    pub cookie_passes: Vec<CookiePassDocument>,
    /// What the signals of the browser score count for.
    #[serde(default)]
    pub browser_score: BrowserScoreDocument,
    /// What a refused client is shown.
    #[serde(default)]
    pub errors: ErrorsDocument,
}

/// Section `contact`: every answer to a refused client names both.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactDocument {
    /// Address that a refused client may write to: at most 200 characters.
    pub email: Spanned<String>,
    /// Page that explains the policy: an `http` or `https` URL of at most 200 characters. Problem details name it as their
    /// type, the notice of a stage links to it.
    pub url: Spanned<String>,
}
