use limits::{Key, KeyHasher, PrefixLens};

use crate::decide::case::Case;
use crate::verdict::LimitKey;

/// What a limit counts by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum KeyKind {
    Ip,
    Contact,
    /// Whose session it is.
    Subject,
    Client,
    /// The cookie of this name.
    Cookie(Box<str>),
}

/// How many clients share one count, the fewest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    /// One client.
    Own,
    /// All machines of one operator.
    Operator,
    /// A network of many subscribers.
    Neighbours,
}

impl KeyKind {
    pub(crate) fn reach(&self) -> Reach {
        match self {
            Self::Ip | Self::Subject | Self::Cookie(_) => Reach::Own,
            Self::Contact | Self::Client => Reach::Operator,
        }
    }

    /// Whether a client can choose what it is counted by, and have another quota with each request.
    pub(crate) fn is_for_the_client_to_choose(&self) -> bool {
        matches!(self, Self::Contact | Self::Cookie(_))
    }

    /// Whom a request counts against. What it lacks is replaced by its address: unknown is never read as unlimited.
    pub(crate) fn of<'a>(
        &self,
        case: &Case<'_, 'a>,
        prefixes: PrefixLens,
        hasher: &KeyHasher,
    ) -> (LimitKey<'a>, Key) {
        // A part that tells the kinds of keys of one limit apart.
        let of_kind = |kind: &str, value: &[u8]| hasher.bytes(kind.as_bytes()).bytes(value).key();
        let client = case.client;
        let found = match self {
            Self::Ip => None,
            Self::Subject => client
                .session
                .subject
                .map(|subject| (LimitKey::Subject(subject), of_kind("subject", &subject.bytes()))),
            Self::Contact => client.contact.map(|contact| {
                (LimitKey::Contact(contact.value), of_kind("contact", contact.value.as_bytes()))
            }),
            Self::Client => client.known().map(|id| (LimitKey::Client(id), of_kind("client", id.as_bytes()))),
            Self::Cookie(name) => case.request.headers.cookie(name.as_bytes()).map(|value| {
                let key = of_kind("cookie", value);
                (LimitKey::Cookie(key.digits()), key)
            }),
        };
        found.unwrap_or_else(|| match client.ip {
            Some(ip) => {
                let prefix = prefixes.prefix(ip);
                (LimitKey::Ip(prefix), hasher.ip(prefix).key())
            }
            None => (LimitKey::UnknownIp, hasher.key()),
        })
    }
}
