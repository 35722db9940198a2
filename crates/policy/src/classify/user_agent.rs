//! The class of a client by its user agent.
//!
//! The order of decision, first that applies (`docs/user-agents.md` gives the reasons):
//! nothing said → a class that the policy adds → software by its default user agent → a contact → a browser → other.

mod document;
mod patterns;
mod precedence;
mod product;
pub(super) mod substrings;

#[cfg(test)]
mod tests;

use std::collections::HashMap;

pub(crate) use self::document::ClassesFile;
pub use self::patterns::{ClassPatterns, MAX_CLASSES, MAX_PATTERN_BYTES, MAX_PATTERNS, PatternError};
pub(crate) use self::precedence::takes_precedence;
pub(crate) use self::product::leading_product;
use self::substrings::{Labels, Substrings};
use super::contact::{Contact, SoftwareUrls, find_contact};

/// Of a longer user agent only this much is read: a product stands in front, and 16 kB cost as little as 1.
pub const MAX_EXAMINED_BYTES: usize = 1024;

/// The class of a client: a built-in one, or one that a policy adds. Means something only to the [`UserAgents`]
/// that gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UaClass(u8);

impl UaClass {
    /// No user agent: absent, empty, white space, or the `-` of a log.
    pub const NONE: Self = Self(0);
    /// The default of an HTTP library: says what the client is written with, not what it is.
    pub const LIBRARY_DEFAULT: Self = Self(1);
    /// A command-line tool such as curl or Wget.
    pub const CLI: Self = Self(2);
    /// MediaWiki and what belongs to it, run by somebody else.
    pub const MEDIAWIKI: Self = Self(3);
    /// A client that names a contact.
    pub const BOT: Self = Self(4);
    /// Says that it is a browser. A claim: anybody can say so.
    pub const BROWSER: Self = Self(5);
    /// Everything else: an app, or a robot that names nobody.
    pub const OTHER: Self = Self(6);

    /// Names of the built-in classes, by index.
    const BUILT_IN: [&'static str; 7] =
        ["none", "library_default", "cli", "mediawiki", "bot", "browser", "other"];

    /// Position among [`UserAgents::classes`], 0 to [`MAX_CLASSES`] − 1, for tables by class.
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// What the user agent of a request says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Classified<'a> {
    /// The class.
    pub class: UaClass,
    /// Always there for [`UaClass::BOT`]; where it was found for [`UaClass::MEDIAWIKI`] and for a class that the
    /// policy adds; else absent.
    pub contact: Option<Contact<'a>>,
}

/// The classes of a policy, compiled from [`ClassPatterns`] by [`UserAgents::compile`].
#[derive(Debug)]
pub struct UserAgents {
    names: Vec<Box<str>>,
    /// Keys in lower case.
    products: HashMap<Box<[u8]>, UaClass>,
    substrings: Substrings,
}

impl UserAgents {
    /// Classifies a request by its `User-Agent` and its `Api-User-Agent`, either of which may be absent.
    ///
    /// A script in a page cannot set `User-Agent` in every browser, so `Api-User-Agent` counts where the former is a
    /// browser's, and only to name a contact: nothing else that it says changes the class. Allocates nothing, and
    /// reads at most [`MAX_EXAMINED_BYTES`] of each.
    #[must_use]
    pub fn classify<'a>(
        &self,
        user_agent: Option<&'a [u8]>,
        api_user_agent: Option<&'a [u8]>,
    ) -> Classified<'a> {
        let page = self.classify_one(user_agent.unwrap_or_default());
        if page.class != UaClass::BROWSER {
            return page;
        }
        let script = self.classify_one(api_user_agent.unwrap_or_default());
        if script.class == UaClass::BOT { script } else { page }
    }

    /// The name of a class as it stands in policies, verdicts and metrics; `other` for a class of other
    /// [`UserAgents`] that these lack.
    #[must_use]
    pub fn name(&self, class: UaClass) -> &str {
        self.names.get(class.index()).map_or("other", |name| &**name)
    }

    /// The class of that name.
    #[must_use]
    pub fn class(&self, name: &str) -> Option<UaClass> {
        self.classes().find_map(|(class, known)| (known == name).then_some(class))
    }

    /// Whether any user agent can be of this class: those of software and of the policy need a pattern.
    #[must_use]
    pub fn can_match(&self, class: UaClass) -> bool {
        matches!(class, UaClass::NONE | UaClass::BOT | UaClass::BROWSER | UaClass::OTHER)
            || self.products.values().any(|of| *of == class)
            || self.substrings.has(class.0)
    }

    /// Every class with its name: the built-in ones, then those that the policy adds, in its order.
    pub fn classes(&self) -> impl Iterator<Item = (UaClass, &str)> {
        (0..).map(UaClass).zip(self.names.iter().map(|name| &**name))
    }

    fn classify_one<'a>(&self, user_agent: &'a [u8]) -> Classified<'a> {
        let user_agent = user_agent.trim_ascii();
        if user_agent.is_empty() || user_agent == b"-" {
            return Classified { class: UaClass::NONE, contact: None };
        }
        let examined = user_agent.get(..MAX_EXAMINED_BYTES).unwrap_or(user_agent);
        let product = leading_product(examined);
        let mut labels = self.substrings.labels(examined);
        if let Some(class) = self.class_of_product(product) {
            labels.insert(class.0);
        }
        if let Some(class) = labels.first_in(FIRST_ADDED..ENGINE).map(UaClass) {
            return Classified { class, contact: find_contact(user_agent, SoftwareUrls::Count) };
        }

        let shape = Shape::of(product, labels);
        if shape != Shape::Browser
            && let Some(software) = Software::of(labels)
        {
            return software.classify(user_agent, product);
        }
        if let Some(contact) = find_contact(user_agent, SoftwareUrls::Count) {
            return Classified { class: UaClass::BOT, contact: Some(contact) };
        }
        let class = match shape {
            Shape::Browser | Shape::LegacyBrowser if !labels.contains(UaClass::OTHER.0) => UaClass::BROWSER,
            _ => UaClass::OTHER,
        };
        Classified { class, contact: None }
    }

    fn class_of_product(&self, product: &[u8]) -> Option<UaClass> {
        let mut lower = [0; MAX_PATTERN_BYTES];
        let lower = lower.get_mut(..product.len())?;
        lower.copy_from_slice(product);
        lower.make_ascii_lowercase();
        self.products.get(&*lower).copied()
    }
}

/// Tokens of the engines that browsers are built on, wherever they stand. No policy can call a `Mozilla/5.0` with
/// one of them a library.
const ENGINES: [&str; 9] =
    ["applewebkit", "gecko/", "khtml/", "presto/", "goanna/", "servo/", "chrome/", "firefox/", "safari/"];
/// Internet Explorer and the Opera that posed as it. SOAP stacks and WinHTTP pose as it too, so the default of a
/// known library is the stronger sign.
const LEGACY_ENGINES: [&str; 3] = ["msie ", "trident/", "opera "];

/// The first class that is not built in.
const FIRST_ADDED: u8 = UaClass::OTHER.0 + 1;
/// Labels above every class.
const ENGINE: u8 = 62;
const LEGACY_ENGINE: u8 = 63;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// `Mozilla/5.0 (…) AppleWebKit/…`: a browser, or what renders like one.
    Browser,
    /// Internet Explorer, or a browser that does not begin with `Mozilla`, by the policy's patterns.
    LegacyBrowser,
    Plain,
}

impl Shape {
    fn of(product: &[u8], labels: Labels) -> Self {
        let mozilla = product.eq_ignore_ascii_case(b"mozilla");
        if mozilla && labels.contains(ENGINE) {
            Self::Browser
        } else if (mozilla && labels.contains(LEGACY_ENGINE)) || labels.contains(UaClass::BROWSER.0) {
            Self::LegacyBrowser
        } else {
            Self::Plain
        }
    }
}

/// A class whose user agents are software's own defaults.
struct Software(UaClass);

impl Software {
    fn of(labels: Labels) -> Option<Self> {
        let classes = [UaClass::MEDIAWIKI, UaClass::CLI, UaClass::LIBRARY_DEFAULT];
        classes.into_iter().find(|class| labels.contains(class.0)).map(Self)
    }

    /// Somebody who adds a contact to the default of a library or a tool has made it their own. MediaWiki adds its
    /// site's URL by itself, so the class stays and the contact stands beside it; mediawiki.org says nothing about
    /// the site, whichever extension names it.
    fn classify<'a>(&self, user_agent: &'a [u8], product: &[u8]) -> Classified<'a> {
        let is_mediawiki = self.0 == UaClass::MEDIAWIKI;
        let library = if is_mediawiki { b"mediawiki" } else { product };
        let contact = find_contact(user_agent, SoftwareUrls::Ignore { library });
        let class = if contact.is_some() && !is_mediawiki { UaClass::BOT } else { self.0 };
        Classified { class, contact }
    }
}
