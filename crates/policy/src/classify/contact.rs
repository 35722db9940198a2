//! The contact in a user agent: who can be asked when a client misbehaves.
//!
//! Every scan here is linear by construction: what one candidate reads, the next does not. An address is read outwards
//! from its `@`, and neither side runs past another `@`. The authority of a URL ends at a `/`, which every scheme has;
//! behind a URL that was read whole the search goes on at its end. The name of a wiki user ends at a `:`.
//! [`MAX_USER_AGENT_BYTES`] bounds the rest.

mod email;
mod url;
mod wiki_user;

mod domain;
mod scan;

#[cfg(test)]
mod tests;

use self::{email::find_email, url::find_url, wiki_user::find_wiki_user};

/// A longer user agent has no contact: nobody reads an address out of it, and a scan stays bounded.
pub const MAX_USER_AGENT_BYTES: usize = 512;

/// The first e-mail address, else the first `http(s)` URL, else the first wiki user in `user_agent`.
///
/// `None` for a user agent of more than [`MAX_USER_AGENT_BYTES`] bytes. Any bytes are accepted.
#[must_use]
pub fn find_contact<'a>(user_agent: &'a [u8], software: SoftwareUrls<'_>) -> Option<Contact<'a>> {
    if user_agent.len() > MAX_USER_AGENT_BYTES {
        return None;
    }
    let email = || Some((ContactKind::Email, find_email(user_agent)?));
    let url = || Some((ContactKind::Url, find_url(user_agent, software)?));
    let wiki_user = || Some((ContactKind::WikiUser, find_wiki_user(user_agent)?));
    let (kind, value) = email().or_else(url).or_else(wiki_user)?;
    Some(Contact { kind, value })
}

/// What the contact is, in the order in which it is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ContactKind {
    /// `bob@example.org`
    Email,
    /// `https://example.org/bot`
    Url,
    /// The name behind `User:` on a wiki, without the namespace.
    WikiUser,
}

impl ContactKind {
    /// `email`, `url` or `wiki_user`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Url => "url",
            Self::WikiUser => "wiki_user",
        }
    }
}

/// A contact as it stands in the user agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Contact<'a> {
    /// What it is.
    pub kind: ContactKind,
    /// 1 to [`MAX_USER_AGENT_BYTES`] bytes that are safe in a header and a log: no control character, no line
    /// separator, nothing invisible or bidirectional; a space only inside a wiki user.
    pub value: &'a str,
}

/// Whether a page that describes software says who runs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SoftwareUrls<'l> {
    /// The client has a name of its own: its page, even on a code forge, is a contact.
    Count,
    /// The user agent is this library's default: a page on a code forge, or on the library's own site, is the
    /// library's.
    Ignore {
        /// Name of the library's product, in any case: `scrapy` disowns `https://scrapy.org`.
        library: &'l [u8],
    },
}
