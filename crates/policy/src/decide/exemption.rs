//! Exemptions: requests to which the stages of their user agents do not apply.

mod coverage;

use serde_saphyr::Spanned;

use super::case::Case;
use super::notice::Notice;
use super::scope::ClassSet;
use crate::Timestamp;
use crate::classify::network::Networks;
use crate::classify::user_agent::UserAgents;
use crate::compile::{Compiler, Operator};
use crate::document::ExemptionDocument;
use crate::facts::host::{HostPattern, without_port};
use crate::facts::{HeaderSet, PathPattern, WatchedHeaders};
use crate::verdict::Rule;

/// Section `exemptions`, compiled; the first that holds counts.
#[derive(Debug, Default)]
pub(crate) struct Exemptions {
    list: Vec<Exemption>,
    /// The headers that exemptions ask for.
    watched: WatchedHeaders,
}

/// Conditions all of which must hold; an empty list is no condition.
#[derive(Debug)]
pub(crate) struct Exemption {
    pub(crate) rule: Rule,
    hosts: Box<[HostPattern]>,
    paths: Box<[PathPattern]>,
    /// By name.
    networks: Box<[Box<str>]>,
    methods: Box<[Box<str>]>,
    headers: Option<HeaderSet>,
    classes: ClassSet,
    pub(crate) ending: Option<Ending>,
}

/// When an exemption ends, and how its clients are told.
#[derive(Debug)]
pub(crate) struct Ending {
    pub(crate) until: Timestamp,
    pub(crate) notice: Notice,
}

impl Exemptions {
    /// The first exemption that holds for a request.
    pub(crate) fn find(&self, case: &Case<'_, '_>, now: Timestamp) -> Option<&Exemption> {
        self.list.iter().find(|exemption| exemption.holds(case, now))
    }

    /// The exemptions, in the order of the policy.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Exemption> {
        self.list.iter()
    }

    pub(crate) fn rules_mut(&mut self) -> impl Iterator<Item = &mut Rule> {
        self.list.iter_mut().map(|exemption| &mut exemption.rule)
    }

    pub(crate) fn watched(&self) -> &WatchedHeaders {
        &self.watched
    }
}

impl Exemption {
    fn holds(&self, case: &Case<'_, '_>, now: Timestamp) -> bool {
        let (request, client) = (&case.request, case.client);
        self.ending.as_ref().is_none_or(|ending| now < ending.until)
            && self.classes.contains(client.ua_class)
            && any(&self.methods, |method| request.method == method.as_bytes())
            && self.headers.is_none_or(|headers| request.headers.has_any(headers))
            && any(&self.networks, |name| client.network.is_some_and(|network| network.name == *name))
            && any(&self.hosts, |host| host.matches(without_port(request.host)))
            && any(&self.paths, |path| path.holds(case.path()))
    }
}

/// Whether one of `list` fits, or there is none.
fn any<T>(list: &[T], fits: impl Fn(&T) -> bool) -> bool {
    list.is_empty() || list.iter().any(fits)
}

/// What the names in an exemption refer to.
pub(crate) struct Known<'p> {
    pub(crate) agents: &'p UserAgents,
    pub(crate) networks: &'p Networks,
    pub(crate) operator: &'p Operator,
}

impl Exemptions {
    pub(crate) fn compile(
        sections: &[ExemptionDocument],
        known: &Known<'_>,
        compiler: &mut Compiler<'_>,
    ) -> Self {
        compiler.unique("exemptions", sections.iter().map(|section| &section.name));
        let mut exemptions = Self::default();
        for (n, section) in sections.iter().enumerate() {
            let exemption =
                compile(section, &format!("exemptions[{n}]"), known, &mut exemptions.watched, compiler);
            exemptions.list.push(exemption);
        }
        exemptions
    }
}

fn compile(
    section: &ExemptionDocument,
    key: &str,
    known: &Known<'_>,
    watched: &mut WatchedHeaders,
    compiler: &mut Compiler<'_>,
) -> Exemption {
    let name = compiler.identifier(&section.name, format!("{key}.name"));
    let lists = [&section.hosts, &section.paths, &section.networks, &section.methods, &section.headers];
    if lists.into_iter().all(Vec::is_empty) && section.classes.is_empty() {
        let message = format!("\"{name}\" names no condition, so it would exempt everybody");
        compiler.note(&section.name, key, message).hint("to lift the stages of a class, remove them");
    }
    if let Some(task) = &section.task
        && (task.value.trim().is_empty() || task.value.chars().any(char::is_control))
    {
        let message = format!("\"{}\" names no task", task.value.escape_debug());
        compiler.note(task, format!("{key}.task"), message);
    }
    let until = section.until.as_ref().and_then(|until| compiler.date(until, &format!("{key}.until")));
    Exemption {
        rule: Rule::new(&format!("exemption.{name}"), None, key, &section.name),
        hosts: HostPattern::compile_all(&section.hosts, &format!("{key}.hosts"), compiler),
        paths: PathPattern::compile_all(
            &section.paths,
            &format!("{key}.paths"),
            compiler,
            PathPattern::compile_for_grant,
        ),
        networks: compile_networks(&section.networks, key, known.networks, compiler),
        methods: compile_methods(&section.methods, key, compiler),
        headers: compile_headers(&section.headers, key, watched, compiler),
        classes: ClassSet::compile(&section.classes, &format!("{key}.classes"), known.agents, compiler),
        ending: until.map(|until| Ending { until, notice: Notice::new(until, None, &known.operator.url) }),
    }
}

fn compile_networks(
    names: &[Spanned<String>],
    key: &str,
    networks: &Networks,
    compiler: &mut Compiler<'_>,
) -> Box<[Box<str>]> {
    for (n, name) in names.iter().enumerate() {
        if !networks.names().any(|known| known == name.value) {
            let message = format!("no network \"{}\" in section networks", name.value);
            compiler
                .note(name, format!("{key}.networks[{n}]"), message)
                .did_you_mean(&name.value, networks.names());
        }
    }
    names.iter().map(|name| name.value.as_str().into()).collect()
}

fn compile_methods(names: &[Spanned<String>], key: &str, compiler: &mut Compiler<'_>) -> Box<[Box<str>]> {
    for (n, name) in names.iter().enumerate() {
        // Methods are compared with regard to case (RFC 9110 section 9.1), and all that are registered are in capitals.
        if name.value.is_empty() || !name.value.bytes().all(|b| b.is_ascii_uppercase() || b == b'-') {
            let message = format!("\"{}\" is not a method", name.value);
            compiler
                .note(name, format!("{key}.methods[{n}]"), message)
                .hint("write it in capitals: GET, POST");
        }
    }
    names.iter().map(|name| name.value.as_str().into()).collect()
}

fn compile_headers(
    names: &[Spanned<String>],
    key: &str,
    watched: &mut WatchedHeaders,
    compiler: &mut Compiler<'_>,
) -> Option<HeaderSet> {
    let mut set = HeaderSet::default();
    for (n, name) in names.iter().enumerate() {
        let key = format!("{key}.headers[{n}]");
        // RFC 9110 section 5.1: the name of a field is a token.
        let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
        if name.value.is_empty() || !name.value.bytes().all(token) {
            compiler.note(name, key, format!("\"{}\" is not the name of a header", name.value));
            continue;
        }
        if name.value.eq_ignore_ascii_case("host") {
            compiler.note(name, key, "every request has a Host, so that everybody would be exempt");
            continue;
        }
        match watched.watch(&name.value.to_ascii_lowercase()) {
            Some(header) => set |= header,
            None => {
                let message = format!("exemptions ask for more than {} headers", WatchedHeaders::MAX);
                compiler.note(name, key, message);
            }
        }
    }
    (!names.is_empty()).then_some(set)
}
