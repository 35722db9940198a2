use std::fmt;

/// What a refusal is about, by the reason of its rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause<'a> {
    /// `ua.<class>`: the class of the user agent.
    UserAgent(Class<'a>),
    /// `limit.<name>`: a rate limit for everyone; `crawler.<id>`: that of a known crawler.
    Limit(&'a str),
    /// `image.<name>`: a rule by what the URL of an image proves.
    Image(&'a str),
    /// `network.abusive`.
    AbusiveNetwork,
    /// `sitemap.restricted`.
    Sitemap,
    /// Any other rule.
    Other,
}

impl<'a> Cause<'a> {
    pub(super) fn of(reason: &'a str) -> Self {
        match reason.split_once('.') {
            Some(("ua", class)) => Self::UserAgent(Class::of(class)),
            Some(("limit" | "crawler", name)) => Self::Limit(name),
            Some(("image", name)) => Self::Image(name),
            Some(("network", "abusive")) => Self::AbusiveNetwork,
            Some(("sitemap", "restricted")) => Self::Sitemap,
            _ => Self::Other,
        }
    }
}

/// A class of user agents, as sentences tell the classes apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class<'a> {
    None,
    LibraryDefault,
    Cli,
    MediaWiki,
    Bot,
    Browser,
    Other,
    /// One that the policy adds.
    Added(&'a str),
}

impl<'a> Class<'a> {
    pub(super) fn of(name: &'a str) -> Self {
        match name {
            "none" => Self::None,
            "library_default" => Self::LibraryDefault,
            "cli" => Self::Cli,
            "mediawiki" => Self::MediaWiki,
            "bot" => Self::Bot,
            "browser" => Self::Browser,
            "other" => Self::Other,
            added => Self::Added(added),
        }
    }

    /// Whether a user agent that names a program and a contact is of another class: what somebody can do without asking.
    pub(super) fn ends_with_a_contact(self) -> bool {
        matches!(self, Self::None | Self::LibraryDefault | Self::Cli | Self::MediaWiki | Self::Other)
    }
}

/// The class in words, as they stand behind "This is".
impl fmt::Display for Class<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "a request without a user agent",
            Self::LibraryDefault => "the default user agent of a software library",
            Self::Cli => "the default user agent of a command-line tool",
            Self::MediaWiki => "the default user agent of MediaWiki or of software that belongs to it",
            Self::Bot => "the user agent of a program that names a contact",
            Self::Browser => "the user agent of a web browser",
            Self::Other => "a user agent without a contact",
            Self::Added(name) => return write!(f, "a user agent of the kind \"{name}\""),
        })
    }
}
