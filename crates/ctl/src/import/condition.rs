//! What a pattern asks of a request, in terms of a policy.

use super::object::{Kind, Object};
use super::regex::{End, Texts};

/// Shortest text of `contains`, in bytes, and longest of any pattern of a class (`policy::classify::user_agent`).
const CONTAINS_BYTES: std::ops::RangeInclusive<usize> = 4..=policy::classify::user_agent::MAX_PATTERN_BYTES;

/// A user agent, as a class knows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Agent {
    /// None: class `none`.
    Absent,
    /// The product in front.
    Product(String),
    /// A text anywhere.
    Contains(String),
}

/// How a condition of a policy differs from what it was made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fit {
    /// Why it holds for fewer requests.
    pub(super) narrower: Option<&'static str>,
    /// Why it holds for more.
    pub(super) wider: Option<&'static str>,
}

/// One thing that is asked of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Atom {
    /// The address is in this ipblock.
    Network(String),
    /// The user agent is one of these.
    Agents(Vec<Agent>, Fit),
    /// The path is one of these, as a policy writes paths.
    Paths(Vec<String>, Fit),
    /// The host is one of these, as a policy writes hosts.
    Hosts(Vec<String>, Fit),
    /// The method is this one.
    Method(String),
    /// The header is there.
    Header(String),
    /// What no rule of a policy asks.
    Other {
        /// What it is, and why it is none of the others.
        what: String,
        /// Where it can be asked.
        nearest: &'static str,
    },
}

/// An atom, or that it is not so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Literal {
    pub(super) atom: Atom,
    pub(super) negated: bool,
    /// The object that says so: `pattern@ua/curl`.
    pub(super) from: String,
}

const BY_HAND: &str = "an ACL of HAProxy or an if in VCL, beside Provenance's verdict";

/// What a pattern asks, all of it, of the proxy that runs actions of the type `proxy`.
pub(super) fn conditions(pattern: &Object, proxy: Kind) -> Vec<Literal> {
    let from = format!("pattern@{}", pattern.name);
    let mut literals = Vec::new();
    let mut ask = |atom, negated| literals.push(Literal { atom, negated, from: from.clone() });
    let method = pattern.text("method");
    if !method.is_empty() {
        ask(method_is(method), false);
    }
    if !pattern.text("url_path").is_empty() {
        ask(path_is(pattern.text("url_path"), proxy), false);
    }
    if !pattern.text("header").is_empty() {
        let (atom, negated) = header_is(pattern);
        ask(atom, negated);
    }
    if !pattern.text("query_parameter").is_empty() || !pattern.text("query_parameter_value").is_empty() {
        ask(other(format!("a query parameter ({})", pattern.text("query_parameter"))), false);
    }
    if !pattern.text("request_body").is_empty() {
        ask(other("the body of a request, which neither Varnish nor HAProxy shows".to_owned()), false);
    }
    if literals.is_empty() {
        let what = "no condition at all".to_owned();
        literals.push(Literal { atom: Atom::Other { what, nearest: "" }, negated: false, from });
    }
    literals
}

fn other(what: String) -> Atom {
    Atom::Other { what, nearest: BY_HAND }
}

fn method_is(method: &str) -> Atom {
    match method.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'-') {
        true => Atom::Method(method.to_owned()),
        false => other(format!("method \"{method}\", which is not in capitals")),
    }
}

/// The header of a pattern. Without `header_is_set`, as in older versions, an empty value means that it is absent.
fn header_is(pattern: &Object) -> (Atom, bool) {
    let (name, value) = (pattern.text("header"), pattern.text("header_value"));
    let is_set = pattern.flag("header_is_set", !value.is_empty());
    let is_agent = name.eq_ignore_ascii_case("user-agent");
    // RFC 9110 section 5.1: the name of a field is a token.
    let is_token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    let known = match (is_set, value) {
        _ if !name.bytes().all(is_token) => Err("which is not the name of a header"),
        // Whoever has no user agent has class none: that it is absent is what a policy can say.
        (false, _) if is_agent => return (Atom::Agents(vec![Agent::Absent], Fit::default()), false),
        (true, "") if is_agent => return (Atom::Agents(vec![Agent::Absent], Fit::default()), true),
        (_, "") | (false, _) if name.eq_ignore_ascii_case("host") => Err("which every request has"),
        (false, _) => return (Atom::Header(name.to_ascii_lowercase()), true),
        (true, "") => return (Atom::Header(name.to_ascii_lowercase()), false),
        (true, _) if is_agent => agents(value),
        (true, _) if name.eq_ignore_ascii_case("host") => hosts(value),
        (true, _) => Err("by its value"),
    };
    let what = |why: &str| match value {
        "" => other(format!("header \"{name}\", {why}")),
        _ => other(format!("header \"{name}\" by the expression {value}: {why}")),
    };
    (known.unwrap_or_else(what), false)
}

/// The user agents that an expression finds.
fn agents(regex: &str) -> Result<Atom, &'static str> {
    let mut fit = Fit::default();
    let mut agents = Vec::new();
    for found in Texts::parse(regex)? {
        if found.dots {
            fit.narrower = Some("a . of the expression, which stands for anything, is read as a dot");
        }
        for text in &found.texts {
            agents.push(agent(text, &found, &mut fit)?);
        }
    }
    agents.sort();
    agents.dedup();
    Ok(Atom::Agents(agents, fit))
}

fn agent(text: &str, found: &Texts, fit: &mut Fit) -> Result<Agent, &'static str> {
    // What policy::classify::user_agent reads as the name of a product.
    let is_product = |b: u8| b.is_ascii_graphic() && !matches!(b, b'/' | b'(' | b')' | b';' | b',');
    let product =
        |name: &str| (1..=*CONTAINS_BYTES.end()).contains(&name.len()) && name.bytes().all(is_product);
    let lower = text.to_ascii_lowercase();
    match (found.at_start, found.end, text.strip_suffix('/')) {
        (true, End::Closed, _) if text.is_empty() || text == "-" => Ok(Agent::Absent),
        (_, End::Open, _) if text.is_empty() => Err("finds every user agent"),
        (true, End::Open, Some(name)) if product(name) => Ok(Agent::Product(name.to_ascii_lowercase())),
        (true, End::Open, None) if product(text) => {
            fit.narrower = Some("a product is compared whole: one whose name goes on is another");
            Ok(Agent::Product(lower))
        }
        (true, End::Open, _) => Err("a start that is more than the name of a product"),
        (false, End::Open, _) => {
            let printable = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
            match CONTAINS_BYTES.contains(&text.len()) && printable {
                true => Ok(Agent::Contains(lower)),
                false => Err("a text in a user agent has 4 to 64 printable bytes"),
            }
        }
        (_, End::Closed | End::Query, _) => Err("the end of a user agent"),
    }
}

/// The hosts that an expression finds.
fn hosts(regex: &str) -> Result<Atom, &'static str> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
    let mut fit = Fit::default();
    let mut hosts = Vec::new();
    for found in Texts::parse(regex)? {
        if found.dots {
            fit.narrower = Some("a . of the expression, which stands for anything, is read as a dot");
        }
        if found.end == End::Open {
            fit.narrower = Some("a host is compared whole: one whose name goes on is another");
        }
        for text in &found.texts {
            let name = match (found.at_start, text.strip_prefix('.')) {
                (true, None) => text.clone(),
                (false, Some(below)) if found.end == End::Closed => format!("*.{below}"),
                _ => return Err("neither a whole host nor what is below one"),
            };
            let plain = name.trim_start_matches("*.");
            if plain.is_empty() || !plain.bytes().all(allowed) || found.end == End::Query {
                return Err("not the name of a host");
            }
            hosts.push(name.to_ascii_lowercase());
        }
    }
    Ok(Atom::Hosts(hosts, fit))
}

/// The paths that an expression finds. Varnish looks for it in the URL, with its query, HAProxy in the path.
fn path_is(regex: &str, proxy: Kind) -> Atom {
    paths(regex, proxy == Kind::Action)
        .unwrap_or_else(|why| other(format!("a path by the expression {regex}: {why}")))
}

fn paths(regex: &str, has_query: bool) -> Result<Atom, &'static str> {
    let mut fit = Fit::default();
    let mut paths = Vec::new();
    for found in Texts::parse(regex)? {
        if found.dots {
            fit.narrower = Some("a . of the expression, which stands for anything, is read as a dot");
        }
        if found.ignores_case {
            fit.narrower = Some("the case of letters counts in a path");
        }
        if found.end == End::Closed && has_query {
            fit.wider = Some("a path is compared without its query, where the expression allows none");
        }
        for text in &found.texts {
            // Neither what a policy cannot write, nor what an origin may resolve to another path.
            let plain =
                |b: u8| b.is_ascii_graphic() && !matches!(b, b'?' | b'#' | b'*' | b'%' | b'\\' | b';');
            let dots = text.split('/').any(|segment| matches!(segment, "." | ".."));
            if !text.bytes().all(plain) || text.contains("//") || dots || text.len() > 1000 {
                return Err("has what a path of a policy does not");
            }
            paths.push(match (found.at_start, found.end) {
                (true, _) if !text.starts_with('/') => return Err("a path begins with a slash"),
                (true, End::Open) => format!("{text}*"),
                (true, End::Closed | End::Query) => text.clone(),
                (false, End::Open) => return Err("a text anywhere in the path"),
                (false, _) if text.starts_with('/') => return Err("segments at the end of the path"),
                (false, End::Closed | End::Query) => format!("/*{text}"),
            });
        }
    }
    Ok(Atom::Paths(paths, fit))
}

#[cfg(test)]
mod tests;
