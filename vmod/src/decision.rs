//! What was decided on a request, kept for the task.

use std::fmt::{self, Write as _};
use std::ops::Range;

use policy::answer::CONTENT_SECURITY_POLICY;
use policy::classify::Tier;
use policy::classify::crawler::Identity;
use policy::session::SessionStatus;
use policy::verdict::Action;
use policy::{Answer, MediaType, Verdict};

/// The rule of section `sitemaps`.
const SITEMAP_RULE: &str = "sitemap.restricted";

/// Bytes that the texts take as a rule, the answer aside: one allocation.
const TYPICAL_TEXTS: usize = 256;

/// A [`Verdict`] that owns its texts, in one buffer, with the answer that goes with it.
pub(crate) struct Decision {
    pub(crate) session: SessionStatus,
    pub(crate) tier: Tier,
    /// 0 to 100.
    pub(crate) browser_score: u8,
    /// Whether the request says that it is a crawler's that it is not.
    pub(crate) is_impostor: bool,
    /// Whether the policy refuses the request.
    pub(crate) is_denied: bool,
    /// Whether it does so because the request is for a sitemap.
    pub(crate) is_sitemap_denied: bool,
    media_type: Option<MediaType>,
    texts: Texts,
    labels: Range<usize>,
    ua_class: Range<usize>,
    reason: Range<usize>,
    code: Range<usize>,
    subject: Option<Range<usize>>,
    contact: Option<Range<usize>>,
    client: Option<Range<usize>>,
    error_page: Option<Range<usize>>,
}

impl Decision {
    pub(crate) fn new(verdict: &Verdict<'_>, answer: Option<&Answer<'_>>) -> Self {
        let client = &verdict.client;
        let crawler = match client.crawler {
            Identity::Verified(crawler) => Some(&crawler.id),
            Identity::Impostor(_) | Identity::Nobody => None,
        };
        let is_denied = verdict.action == Action::Deny;
        let mut texts = Texts(String::with_capacity(TYPICAL_TEXTS));
        Self {
            session: client.session.status,
            tier: client.tier,
            browser_score: client.browser_score,
            is_impostor: matches!(client.crawler, Identity::Impostor(_)),
            is_denied,
            is_sitemap_denied: is_denied && *verdict.rule.reason == *SITEMAP_RULE,
            media_type: answer.map(Answer::media_type),
            labels: texts.push(client.labels()),
            ua_class: texts.push(verdict.ua_class),
            reason: texts.push(&verdict.rule.reason),
            code: texts.push(verdict.rule.code),
            subject: client.session.subject.map(|subject| texts.push(subject)),
            contact: client.contact.map(|contact| texts.push(contact.value)),
            client: crawler.map(|id| texts.push(id)),
            error_page: answer.map(|answer| texts.push(answer.body())),
            texts,
        }
    }

    /// The value of `X-Provenance`.
    pub(crate) fn labels(&self) -> Option<&str> {
        self.texts.get(&self.labels)
    }

    /// Class of the user agent.
    pub(crate) fn ua_class(&self) -> Option<&str> {
        self.texts.get(&self.ua_class)
    }

    /// The rule that decided.
    pub(crate) fn reason(&self) -> Option<&str> {
        self.texts.get(&self.reason)
    }

    /// The code of that rule.
    pub(crate) fn code(&self) -> Option<&str> {
        self.texts.get(&self.code)
    }

    /// Keyed hash of the account that is logged in.
    pub(crate) fn subject(&self) -> Option<&str> {
        self.texts.get(self.subject.as_ref()?)
    }

    /// The contact that the user agent names.
    pub(crate) fn contact(&self) -> Option<&str> {
        self.texts.get(self.contact.as_ref()?)
    }

    /// The verified crawler.
    pub(crate) fn client(&self) -> Option<&str> {
        self.texts.get(self.client.as_ref()?)
    }

    /// The body of the answer to a refused request.
    pub(crate) fn error_page(&self) -> Option<&str> {
        self.texts.get(self.error_page.as_ref()?)
    }

    /// Its `Content-Type`.
    pub(crate) fn error_content_type(&self) -> Option<&str> {
        self.media_type.map(MediaType::content_type)
    }

    /// Its `Content-Security-Policy`, which a page alone needs.
    pub(crate) fn error_content_security_policy(&self) -> Option<&str> {
        self.media_type.filter(|media| *media == MediaType::Html).map(|_| CONTENT_SECURITY_POLICY)
    }
}

/// Texts, one behind the other.
struct Texts(String);

impl Texts {
    /// Appends a text and says where it stands.
    fn push(&mut self, text: impl fmt::Display) -> Range<usize> {
        let start = self.0.len();
        // Writing to a String never fails, and a text that fails to write itself ends where it failed.
        let _ = write!(self.0, "{text}");
        start..self.0.len()
    }

    fn get(&self, range: &Range<usize>) -> Option<&str> {
        self.0.get(range.clone())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::fs;

    use policy::session::SessionCache;
    use policy::{Policy, Request, Timestamp};

    use super::*;

    const POLICY: &str = "
version: 1
contact: { email: noc@example.org, url: 'https://example.org/policy' }
networks: [{ name: scrapers, kind: abusive, cidrs: [198.51.100.0/24] }]
crawlers: [{ id: examplebot, user_agents: [examplebot], cidrs: [203.0.113.0/28] }]
sitemaps: { paths: [/sitemap.xml] }
";

    /// What is decided on a GET for `path` from `ip`.
    pub(crate) fn decide(ip: &str, path: &str, headers: &[(&str, &str)]) -> Decision {
        let name = format!("decision-{}-{:?}.yaml", std::process::id(), std::thread::current().id());
        let file = std::env::temp_dir().join(name);
        fs::write(&file, POLICY).unwrap();
        let policy = Policy::load(&file);
        fs::remove_file(file).unwrap();
        let policy = policy.unwrap();
        let mut recorded = policy.headers();
        headers.iter().for_each(|(name, value)| recorded.record(name.as_bytes(), value.as_bytes()));
        let request = Request {
            ip: ip.parse().ok(),
            method: b"GET",
            path: path.as_bytes(),
            headers: recorded,
            ..Request::default()
        };
        let sessions = SessionCache::new(1, [0; 32]).unwrap();
        let verdict = policy.decide_without_limits(&request, &sessions, Timestamp::from_seconds(0));
        Decision::new(&verdict, policy.answer(&verdict, &request).as_ref())
    }

    #[test]
    fn keeps_every_text_of_a_request_that_passes() {
        let agent = "ExampleBot/2.1 (bot@example.com)";
        let decision = decide("203.0.113.5", "/sitemap.xml", &[("User-Agent", agent)]);
        assert_eq!((decision.tier, decision.is_denied, decision.is_impostor), (Tier::B, false, false));
        assert_eq!(decision.labels(), Some("net=unknown;id=examplebot"));
        assert_eq!((decision.client(), decision.contact()), (Some("examplebot"), Some("bot@example.com")));
        assert_eq!(decision.reason(), Some("crawler.verified"));
        assert_eq!((decision.subject(), decision.error_page()), (None, None));
        assert_eq!((decision.error_content_type(), decision.error_content_security_policy()), (None, None));
    }

    #[test]
    fn keeps_the_answer_to_a_request_that_is_refused() {
        let decision =
            decide("203.0.113.99", "/sitemap.xml", &[("Accept", "text/html"), ("User-Agent", "x")]);
        assert!(decision.is_denied && decision.is_sitemap_denied);
        assert!(decision.error_page().unwrap().contains(decision.code().unwrap()));
        assert_eq!(decision.error_content_type(), Some("text/html; charset=utf-8"));
        assert_eq!(decision.error_content_security_policy(), Some(CONTENT_SECURITY_POLICY));
    }

    #[test]
    fn only_a_page_has_a_content_security_policy() {
        let decision = decide("198.51.100.7", "/", &[("Accept", "application/json")]);
        assert!(decision.is_denied && !decision.is_sitemap_denied);
        assert_eq!(decision.error_content_type(), Some("application/problem+json"));
        assert_eq!(decision.error_content_security_policy(), None);
    }

    #[test]
    fn a_crawlers_name_from_elsewhere_is_an_impostors() {
        let decision = decide("203.0.113.99", "/", &[("User-Agent", "examplebot")]);
        assert!(decision.is_impostor && decision.client().is_none());
    }
}
