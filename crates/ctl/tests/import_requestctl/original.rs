//! What requestctl means by an action: its expression on one request, as the VCL and the HAProxy configuration that it writes.

use std::cell::RefCell;
use std::collections::HashMap;
use std::net::IpAddr;
use std::path::PathBuf;
use std::rc::Rc;

use ipnet::IpNet;
use regex_automata::meta::Regex;
use regex_automata::util::syntax;
use serde_json::Value;

#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// Whether HAProxy is asked, not Varnish.
    pub haproxy: bool,
    pub ip: &'a str,
    pub user_agent: Option<&'a str>,
    pub method: &'a str,
    pub host: &'a str,
    pub path: &'a str,
    pub query: Option<&'a str>,
    pub headers: &'a [(&'a str, &'a str)],
}

impl Ask<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        let is = |wanted: &str| name.eq_ignore_ascii_case(wanted);
        match () {
            () if is("user-agent") => self.user_agent,
            () if is("host") => Some(self.host),
            () => self.headers.iter().find(|(header, _)| is(header)).map(|(_, value)| *value),
        }
    }
}

/// The patterns and ipblocks of a folder.
pub struct Original {
    folder: PathBuf,
    objects: RefCell<HashMap<String, Rc<Value>>>,
    regexes: RefCell<HashMap<(String, bool), Regex>>,
}

impl Original {
    pub fn of(folder: PathBuf) -> Self {
        Self { folder, objects: RefCell::default(), regexes: RefCell::default() }
    }

    fn object(&self, folder: &str, name: &str) -> Rc<Value> {
        let file = format!("{folder}/{name}.yaml");
        let read = || {
            let text = std::fs::read_to_string(self.folder.join(&file)).unwrap();
            Rc::new(serde_saphyr::from_str(&text).unwrap())
        };
        Rc::clone(self.objects.borrow_mut().entry(file.clone()).or_insert_with(read))
    }

    fn finds(&self, regex: &str, text: &str, ignore_case: bool) -> bool {
        let syntax = syntax::Config::new().unicode(false).utf8(false).case_insensitive(ignore_case);
        let build = || Regex::builder().syntax(syntax).build(regex).unwrap();
        let mut regexes = self.regexes.borrow_mut();
        regexes.entry((regex.to_owned(), ignore_case)).or_insert_with(build).is_match(text)
    }

    /// Whether the expression holds.
    pub fn holds(&self, expression: &str, ask: &Ask<'_>) -> bool {
        let spaced = expression.replace('(', " ( ").replace(')', " ) ");
        let tokens: Vec<&str> = spaced.split_whitespace().collect();
        let (holds, rest) = self.any(&tokens, ask);
        assert!(rest.is_empty(), "{expression}: {rest:?}");
        holds
    }

    fn any<'t>(&self, tokens: &'t [&'t str], ask: &Ask<'_>) -> (bool, &'t [&'t str]) {
        let (mut holds, mut rest) = self.all(tokens, ask);
        while let ["OR", behind @ ..] = rest {
            let (also, behind) = self.all(behind, ask);
            (holds, rest) = (holds | also, behind);
        }
        (holds, rest)
    }

    fn all<'t>(&self, tokens: &'t [&'t str], ask: &Ask<'_>) -> (bool, &'t [&'t str]) {
        let (mut holds, mut rest) = self.item(tokens, ask);
        while let ["AND", behind @ ..] = rest {
            let (also, behind) = self.item(behind, ask);
            (holds, rest) = (holds & also, behind);
        }
        (holds, rest)
    }

    fn item<'t>(&self, tokens: &'t [&'t str], ask: &Ask<'_>) -> (bool, &'t [&'t str]) {
        match tokens {
            ["NOT", behind @ ..] => {
                let (holds, rest) = self.item(behind, ask);
                (!holds, rest)
            }
            ["(", behind @ ..] => match self.any(behind, ask) {
                (holds, [")", rest @ ..]) => (holds, rest),
                (_, rest) => panic!("{rest:?}"),
            },
            [name, rest @ ..] => match name.split_once('@') {
                Some(("pattern", name)) => (self.pattern(name, ask), rest),
                Some(("ipblock", name)) => (self.ipblock(name, ask), rest),
                _ => panic!("{name}"),
            },
            [] => panic!("too short"),
        }
    }

    fn ipblock(&self, name: &str, ask: &Ask<'_>) -> bool {
        let ip: IpAddr = ask.ip.parse().unwrap();
        let object = self.object("request-ipblocks", name);
        let cidrs = object["cidrs"].as_array().unwrap().iter().filter_map(Value::as_str);
        let nets = cidrs.filter_map(|cidr| {
            cidr.parse::<IpNet>().ok().or_else(|| Some(cidr.parse::<IpAddr>().ok()?.into()))
        });
        nets.filter(|net| net.trunc() == *net).any(|net| net.contains(&ip))
    }

    fn pattern(&self, name: &str, ask: &Ask<'_>) -> bool {
        let object = self.object("request-patterns", name);
        let text = |name: &str| object[name].as_str().unwrap_or_default();
        let mut holds = text("method").is_empty() || text("method") == ask.method;
        let query = ask.query.map(|query| format!("?{query}")).unwrap_or_default();
        let mut url = text("url_path").to_owned();
        if !text("query_parameter").is_empty() {
            url += &format!(".*[?&]{}={}", text("query_parameter"), text("query_parameter_value"));
        }
        if !url.is_empty() {
            let looked_at = if ask.haproxy { ask.path.to_owned() } else { format!("{}{query}", ask.path) };
            holds &= self.finds(&url, &looked_at, false);
        }
        let (header, value) = (text("header"), text("header_value"));
        if !header.is_empty() {
            let is_set = object["header_is_set"].as_bool().unwrap_or(!value.is_empty());
            let found = ask.header(header);
            holds &= match (is_set, value) {
                (false, _) => found.is_none(),
                (true, "") => found.is_some(),
                (true, _) => self.finds(value, found.unwrap_or_default(), ask.haproxy),
            };
        }
        holds
    }
}
