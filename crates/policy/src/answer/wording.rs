//! The sentences. Plain and short, for readers whose language is another; what happened never depends on the request, so that
//! support can look it up.

use std::fmt;
use std::num::{NonZeroU32, NonZeroU64};

use limits::{IpPrefix, Period};

use super::Answer;
use super::cause::{Cause, Class};
use super::prose::{Plain, Prose};
use super::untrusted::Untrusted;
use crate::verdict::{Action, LimitKey, LimitState};

/// A user agent that names a program and two ways to reach its people.
const EXAMPLE: &str = "MyTool/1.0 (https://example.org/mytool; me@example.org)";

/// A part of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Title,
    Detail,
    Advice,
    Appeal,
}

/// A part of an answer in plain text.
pub(super) struct Sentence<'v> {
    pub(super) answer: &'v Answer<'v>,
    pub(super) part: Part,
}

impl fmt::Display for Sentence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.answer.say(self.part, &mut Plain(f))
    }
}

impl Answer<'_> {
    /// Says a part to a medium.
    pub(super) fn say(&self, part: Part, to: &mut dyn Prose) -> fmt::Result {
        match part {
            Part::Title => to.words(format_args!("{}", self.what_happened())),
            Part::Detail => self.say_detail(to),
            Part::Advice => self.say_advice(to),
            Part::Appeal => self.say_appeal(to),
        }
    }

    fn is_limit(&self) -> bool {
        self.refusal.action == Action::Limit
    }

    fn what_happened(&self) -> &'static str {
        match self.cause {
            _ if self.is_limit() => "Too many requests",
            Cause::UserAgent(Class::None) => "Request refused: no user agent",
            Cause::UserAgent(Class::LibraryDefault) => "Request refused: default user agent of a library",
            Cause::UserAgent(Class::Cli) => "Request refused: default user agent of a tool",
            Cause::UserAgent(Class::MediaWiki) => "Request refused: default user agent of MediaWiki",
            Cause::UserAgent(Class::Other) => "Request refused: the user agent names no contact",
            Cause::UserAgent(_) => "Request refused because of its user agent",
            Cause::AbusiveNetwork => "Request refused because of its network",
            Cause::Sitemap => "Request refused: sitemaps are not open to everybody",
            Cause::Image(_) => "Request refused: the address of the image is not valid",
            Cause::Limit(_) | Cause::Other => "Request refused",
        }
    }

    fn say_detail(&self, to: &mut dyn Prose) -> fmt::Result {
        match self.cause {
            Cause::UserAgent(class) => self.say_user_agent(class, to),
            Cause::Image(_) if !self.is_limit() => to.words(format_args!(
                "The address of the image was changed after we made it, or it is too old. It holds for one image, and for a time."
            )),
            Cause::Limit(name) | Cause::Image(name) => {
                to.words(format_args!("You sent more requests than the limit \"{name}\" allows"))?;
                match &self.refusal.limit {
                    Some(limit) => to.words(format_args!(": {}.", Allowed(limit))),
                    None => to.words(format_args!(".")),
                }
            }
            Cause::AbusiveNetwork => to.words(format_args!(
                "We receive so much abuse from the network that your request came from that we refuse all requests from it."
            )),
            Cause::Sitemap => to.words(format_args!(
                "You asked for a sitemap. Sitemaps list all our pages for search engines, and are often used to copy whole sites. So we give them \
                 only to crawlers that we know and to people who are logged in. The pages and robots.txt stay open."
            )),
            Cause::Other => to.words(format_args!("A rule of this site does not allow this request.")),
        }
    }

    fn say_user_agent(&self, class: Class<'_>, to: &mut dyn Prose) -> fmt::Result {
        match Untrusted::new(self.refusal.user_agent.unwrap_or_default()) {
            _ if class == Class::None => {
                to.words(format_args!("Your request has no "))?;
                to.name("User-Agent")?;
                to.words(format_args!(" header, or an empty one: we cannot know which program sent it."))?;
            }
            sent if sent.is_empty() => to.words(format_args!("Your request has {class}."))?,
            sent => {
                to.words(format_args!("The user agent of your request is"))?;
                to.sent(sent)?;
                to.words(format_args!(" This is {class}"))?;
                to.words(match class {
                    Class::LibraryDefault | Class::Cli | Class::MediaWiki => {
                        format_args!(": it does not say who uses it, or how we can reach them.")
                    }
                    _ => format_args!("."),
                })?;
            }
        }
        match &self.refusal.limit {
            _ if !self.is_limit() => to.words(format_args!(" We refuse such requests."))?,
            Some(limit) => to.words(format_args!(" Such requests are limited: {}.", Allowed(limit)))?,
            None => to.words(format_args!(" Such requests are limited."))?,
        }
        match self.refusal.next_change {
            Some(from) => to.words(format_args!(" From {from} on, a stricter rule applies to them.")),
            None => Ok(()),
        }
    }

    fn say_advice(&self, to: &mut dyn Prose) -> fmt::Result {
        if let Some(seconds) = self.refusal.retry_after.filter(|_| self.is_limit()) {
            to.words(format_args!("Wait {} before your next request. ", Seconds(seconds)))?;
        }
        match self.cause {
            Cause::UserAgent(class) if class.ends_with_a_contact() => say_how_to_name_a_contact(class, to),
            Cause::Image(_) if !self.is_limit() => to.words(format_args!(
                "Take the address from the page that shows the image, or from our API, and use it as it is."
            )),
            Cause::Limit(_) | Cause::Image(_) => self.say_how_to_stay_below(to),
            Cause::UserAgent(_) if self.is_limit() => {
                to.words(format_args!("Spread your requests over time. If you need more of them, write to us."))
            }
            Cause::AbusiveNetwork => to.words(format_args!(
                "If you use a VPN or a proxy, try without it. If you have no other network, write to us: we will look for a way to let \
                 you in."
            )),
            Cause::Sitemap => {
                to.words(format_args!(
                    "If you need a sitemap for yourself, log in. If you run a crawler, write to us: tell us its "
                ))?;
                to.name("User-Agent")?;
                to.words(format_args!(
                    ", what it is for, and where you publish the address ranges that it comes from. Once we can verify it, it is let in."
                ))
            }
            Cause::UserAgent(_) | Cause::Other => to.words(format_args!(
                "Please read our rules. If you do not see what is wrong with your request, write to us."
            )),
        }
    }

    fn say_how_to_stay_below(&self, to: &mut dyn Prose) -> fmt::Result {
        to.words(format_args!("Spread your requests over time."))?;
        match Class::of(self.refusal.ua_class) {
            Class::Browser => {
                to.words(format_args!(" If many people share your network address, it may help to log in."))
            }
            Class::Bot => {
                to.words(format_args!(" If you need more of them, it may help to log in, or write to us."))
            }
            _ => {
                to.words(format_args!(
                    " For a higher limit, it may help to log in, or to name a contact in the "
                ))?;
                to.name("User-Agent")?;
                to.words(format_args!(" header, for example:"))?;
                to.example(EXAMPLE)
            }
        }
    }

    fn say_appeal(&self, to: &mut dyn Prose) -> fmt::Result {
        to.words(format_args!("If you think that this is a mistake, write to "))?;
        to.email(self)?;
        to.words(format_args!(" and quote the code "))?;
        to.name(self.refusal.rule.code.as_str())?;
        // The URL ends the line without a full stop, which terminals would take for a part of it.
        to.words(format_args!(". Our rules are explained at "))?;
        to.policy(self)
    }
}

fn say_how_to_name_a_contact(class: Class<'_>, to: &mut dyn Prose) -> fmt::Result {
    to.words(format_args!("Send a "))?;
    to.name("User-Agent")?;
    to.words(format_args!(" header that names your program and how we can reach you, for example:"))?;
    to.example(EXAMPLE)?;
    match class {
        Class::MediaWiki => {
            to.words(format_args!(" If your software does not let you change it, write to us."))
        }
        _ => to.words(format_args!(
            " If your app has more than one HTTP client, every one of them must send it: the one that loads images too."
        )),
    }
}

/// `10 requests per second from each network address, at most 100 at once`
struct Allowed<'v>(&'v LimitState<'v>);

impl fmt::Display for Allowed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (rate, burst) = (self.0.quota.rate(), self.0.quota.burst());
        let plural = if rate.count() == NonZeroU32::MIN { "" } else { "s" };
        let period = match rate.period() {
            Period::Second => "second",
            Period::Minute => "minute",
            Period::Hour => "hour",
        };
        write!(f, "{} request{plural} per {period}", rate.count())?;
        f.write_str(match self.0.key {
            LimitKey::Ip(prefix) if is_one_client(prefix) => " from each network address",
            LimitKey::Ip(_) => " from each network",
            LimitKey::Contact(_) => " for all programs that name the same contact",
            LimitKey::Subject(_) => " for each account",
            LimitKey::Client(_) | LimitKey::Cookie(_) | LimitKey::UnknownIp => "",
        })?;
        if burst == rate.count() { Ok(()) } else { write!(f, ", at most {burst} at once") }
    }
}

/// Whether a prefix is what one client has: an address, or an IPv6 subnet.
fn is_one_client(prefix: IpPrefix) -> bool {
    prefix.len() == 32 && prefix.network().is_ipv4() || prefix.len() >= 64
}

/// `1 second`, `20 seconds`
struct Seconds(NonZeroU64);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.0 == NonZeroU64::MIN { "" } else { "s" };
        write!(f, "{} second{plural}", self.0)
    }
}
