//! The cases of the table: what is asked, and what came of it.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use e2e::scenario::FALLBACK;
use e2e::{Answer, Ask, Chain};

pub const MEDIAWIKI: &str = "MediaWiki/1.43.0";

/// Header fields of an answer that tell a client what to do.
const HEADERS: [(&str, &str); 8] = [
    ("content-type", "Content-Type"),
    ("retry-after", "Retry-After"),
    ("ratelimit-policy", "RateLimit-Policy"),
    ("ratelimit", "RateLimit"),
    ("deprecation", "Deprecation"),
    ("sunset", "Sunset"),
    ("link", "Link"),
    ("x-provenance-fallback", "X-Provenance-Fallback"),
];

/// An address of its own for each case; those that are asked again have others in their /24.
pub fn address(case: u8) -> Ipv4Addr {
    Ipv4Addr::new(203, 0, case, 1)
}

/// How a case is asked.
pub struct Row<'a> {
    ask: Ask<'a>,
    before: Before,
}

/// What comes before the answer that is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Nothing,
    /// The same, over the same connection.
    Same,
    /// A request from the next address.
    Neighbour,
    /// All that HAProxy's own limit lets pass, at once: an agent that is paused for long is taken out.
    Fallback,
}

/// What came of a case.
pub struct Asked {
    pub answer: Answer,
    logged: BTreeMap<String, String>,
}

impl<'a> Row<'a> {
    pub fn of(ask: Ask<'a>) -> Self {
        Self { ask, before: Before::Nothing }
    }

    pub fn second(ask: Ask<'a>) -> Self {
        Self { ask, before: Before::Same }
    }

    pub fn second_machine(ask: Ask<'a>) -> Self {
        Self { ask, before: Before::Neighbour }
    }

    pub fn beyond_the_fallback(ask: Ask<'a>) -> Self {
        Self { ask, before: Before::Fallback }
    }

    /// Asks. What is limited is so within a second alone: on a machine that stood still it is asked again, from elsewhere.
    pub fn ask(&self, chain: &Chain) -> Asked {
        let is_shown = |asked: &Asked| self.before == Before::Nothing || asked.answer.status == 429;
        (0..10).map(|attempt| self.attempt(chain, attempt)).find(is_shown).unwrap()
    }

    fn attempt(&self, chain: &Chain, attempt: u8) -> Asked {
        let ask = |last| Ask { from: moved(self.ask.from, 16 * attempt + last), ..self.ask };
        let answer = match self.before {
            Before::Nothing => ask(0).send(chain).unwrap(),
            Before::Same => {
                let answer = ask(1).repeat(chain, 2).unwrap().remove(1);
                // Both have the client's port; the first line is that of the first.
                chain.logged(self.ask.target, &answer).unwrap();
                answer
            }
            Before::Neighbour => {
                ask(2).send(chain).unwrap();
                ask(3).send(chain).unwrap()
            }
            Before::Fallback => {
                std::thread::scope(|scope| {
                    let all: Vec<_> =
                        (0..FALLBACK).map(|_| scope.spawn(|| ask(4).send(chain).unwrap())).collect();
                    all.into_iter().for_each(|one| assert_eq!(one.join().unwrap().status, 200));
                });
                ask(4).send(chain).unwrap()
            }
        };
        let logged = chain.logged(self.ask.target, &answer).unwrap();
        Asked { answer, logged }
    }
}

/// The address whose last byte is `by` more.
fn moved(address: IpAddr, by: u8) -> IpAddr {
    let IpAddr::V4(address) = address else { panic!("{address}") };
    let [a, b, c, d] = address.octets();
    Ipv4Addr::new(a, b, c, d + by).into()
}

impl Asked {
    /// Whether HAProxy waited for the agent in vain.
    pub fn is_timeout(&self) -> bool {
        self.answer.header("x-provenance-fallback") == Some("1")
    }

    /// The cells of the table behind the request: status, fields of the log, header fields.
    pub fn cells(&self) -> String {
        let logged = ["reason", "code", "would", "fallback"].into_iter().filter_map(|name| {
            let value = self.logged.get(name)?;
            // The origin's own answer has no rule to look up, and codes of rules that let pass lead nowhere.
            let is_told = name != "code" || self.answer.status >= 400;
            is_told.then(|| {
                if value.contains(' ') {
                    format!("`{name}=\"{value}\"`")
                } else {
                    format!("`{name}={value}`")
                }
            })
        });
        let is_ours = self.answer.status >= 400;
        let headers = HEADERS.iter().filter(|(name, _)| is_ours || *name != "content-type");
        let headers =
            headers.filter_map(|(name, shown)| Some(format!("`{shown}: {}`", self.answer.header(name)?)));
        let logged: Vec<_> = logged.collect();
        let headers: Vec<_> = headers.collect();
        format!("{} | {} | {}", self.answer.status, logged.join(" "), headers.join("<br>"))
    }
}
