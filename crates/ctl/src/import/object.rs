//! An object of requestctl: its type, its name, and its fields as they stand in YAML.

use std::fmt;

/// The types of objects that are read, by the schema of conftool's extension `reqconfig`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    /// What a request looks like.
    Pattern,
    /// Ranges of addresses.
    Ipblock,
    /// What Varnish does with requests that an expression describes.
    Action,
    /// The same in HAProxy.
    HaproxyAction,
}

/// What the value of a field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Text,
    Flag,
    Number,
    List,
}

use Type::{Flag, List, Number, Text};

const IPBLOCK: &[(&str, Type)] = &[("cidrs", List), ("comment", Text)];

const PATTERN: &[(&str, Type)] = &[
    ("method", Text),
    ("request_body", Text),
    ("url_path", Text),
    ("header", Text),
    ("header_value", Text),
    ("header_is_set", Flag),
    ("query_parameter", Text),
    ("query_parameter_value", Text),
];

const ACTION: &[(&str, Type)] = &[
    ("enabled", Flag),
    ("priority", Number),
    ("last_modified", Number),
    ("created", Number),
    ("keep", Flag),
    ("cache_miss_only", Flag),
    ("comment", Text),
    ("expression", Text),
    ("resp_status", Number),
    ("resp_reason", Text),
    ("sites", List),
    ("do_throttle", Flag),
    ("throttle_requests", Number),
    ("throttle_interval", Number),
    ("throttle_duration", Number),
    ("throttle_per_ip", Flag),
    ("log_matching", Flag),
];

const HAPROXY_ACTION: &[(&str, Type)] = &[
    ("enabled", Flag),
    ("priority", Number),
    ("last_modified", Number),
    ("created", Number),
    ("keep", Flag),
    ("comment", Text),
    ("expression", Text),
    ("resp_status", Number),
    ("resp_reason", Text),
    ("sites", List),
    ("silent_drop", Flag),
    ("bw_throttle", Flag),
    ("bw_throttle_rate", Number),
    ("bw_throttle_duration", Number),
    ("per_ip_concurrency", Flag),
    ("per_ip_concurrency_limit", Number),
    ("per_ip_concurrency_counter_index", Number),
    ("log_matching", Flag),
];

impl Kind {
    /// Every type, in the order in which objects are reported.
    pub(super) const ALL: [Self; 4] = [Self::Ipblock, Self::Pattern, Self::Action, Self::HaproxyAction];

    /// Its name in requestctl.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Pattern => "pattern",
            Self::Ipblock => "ipblock",
            Self::Action => "action",
            Self::HaproxyAction => "haproxy_action",
        }
    }

    /// The folder of its objects: `<folder>/<scope or cluster>/<name>.yaml`.
    pub(super) const fn folder(self) -> &'static str {
        match self {
            Self::Pattern => "request-patterns",
            Self::Ipblock => "request-ipblocks",
            Self::Action => "request-actions",
            Self::HaproxyAction => "request-haproxy-actions",
        }
    }

    /// The fields that it has in some version of the schema.
    pub(super) const fn fields(self) -> &'static [(&'static str, Type)] {
        match self {
            Self::Pattern => PATTERN,
            Self::Ipblock => IPBLOCK,
            Self::Action => ACTION,
            Self::HaproxyAction => HAPROXY_ACTION,
        }
    }

    /// Whether it does something with requests.
    pub(super) const fn is_action(self) -> bool {
        matches!(self, Self::Action | Self::HaproxyAction)
    }
}

/// Where a value stands: the line in its file, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Placed<T> {
    pub(super) value: T,
    pub(super) line: u64,
}

/// The value of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    Flag(bool),
    Number(i64),
    List(Vec<Placed<String>>),
    /// Of a field that no version of the schema has.
    Unknown,
}

/// A field of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) line: u64,
    pub(super) value: Value,
}

/// An object.
#[derive(Clone, Debug)]
pub(super) struct Object {
    pub(super) kind: Kind,
    /// Scope or cluster, a slash, and the name.
    pub(super) name: String,
    /// The file, relative to the folder that is imported.
    pub(super) file: String,
    /// The line at which it begins.
    pub(super) line: u64,
    pub(super) fields: Vec<Field>,
}

impl Object {
    fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Whether the field stands in the file.
    pub(super) fn has(&self, name: &str) -> bool {
        self.field(name).is_some()
    }

    /// The line of a field; that of the object where it has no such field.
    pub(super) fn line_of(&self, name: &str) -> u64 {
        self.field(name).map_or(self.line, |field| field.line)
    }

    /// A text; empty where it is not given, as in requestctl.
    pub(super) fn text(&self, name: &str) -> &str {
        match self.field(name) {
            Some(Field { value: Value::Text(text), .. }) => text,
            _ => "",
        }
    }

    /// A flag, or what requestctl takes where it is not given.
    pub(super) fn flag(&self, name: &str, default: bool) -> bool {
        match self.field(name) {
            Some(Field { value: Value::Flag(flag), .. }) => *flag,
            _ => default,
        }
    }

    /// A number, or what requestctl takes where it is not given.
    pub(super) fn number(&self, name: &str, default: i64) -> i64 {
        match self.field(name) {
            Some(Field { value: Value::Number(number), .. }) => *number,
            _ => default,
        }
    }

    /// A list; empty where it is not given.
    pub(super) fn list(&self, name: &str) -> &[Placed<String>] {
        match self.field(name) {
            Some(Field { value: Value::List(list), .. }) => list,
            _ => &[],
        }
    }

    /// What stands before the slash of the name: the scope of a pattern or an ipblock, the cluster of an action.
    pub(super) fn tag(&self) -> &str {
        self.name.split_once('/').map_or("", |(tag, _)| tag)
    }

    /// What stands behind it.
    pub(super) fn short_name(&self) -> &str {
        self.name.split_once('/').map_or(&*self.name, |(_, name)| name)
    }
}

/// As requestctl names it: `action cache-text/name`.
impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.as_str(), self.name)
    }
}
