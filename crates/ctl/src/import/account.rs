//! What became of each object, and of each of its fields.

use std::collections::BTreeMap;

use serde::Serialize;

use super::condition::{Atom, conditions};
use super::network::NetworkKind;
use super::object::{Kind, Object, Value};
use super::plan::{Carried, Plan};
use super::rule::Rule;

/// What became of an object.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Account {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) name: String,
    pub(super) file: String,
    pub(super) line: u64,
    pub(super) outcome: Outcome,
    /// Where in the policy it is.
    pub(super) to: Vec<String>,
    /// What is lost of an object that is carried over, or why it is not.
    pub(super) lost: Vec<String>,
    /// What is nearest to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) nearest: Option<String>,
    pub(super) fields: Vec<FieldAccount>,
}

/// How much of an object is carried over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Outcome {
    /// The same requests are refused or counted.
    Whole,
    /// Some of them are, or more.
    Part,
    Not,
}

impl Outcome {
    /// For a person.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Whole => "carried over",
            Self::Part => "carried over in part",
            Self::Not => "not carried over",
        }
    }
}

/// What became of a field.
#[derive(Clone, Debug, Serialize)]
pub(super) struct FieldAccount {
    pub(super) name: String,
    pub(super) line: u64,
    pub(super) fate: Fate,
    /// Where it is, or why it is not there.
    pub(super) why: String,
}

/// What became of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Fate {
    /// It is in the policy.
    Carried,
    /// It is not, and requests are judged otherwise for it.
    Lost,
    /// It is not, and answers look otherwise for it.
    Answer,
    /// It says nothing of requests, or nothing beside the others.
    Idle,
}

/// An action that is not carried over: why, and what is nearest to it.
pub(super) type Reason = (String, Option<String>);

/// What became of all objects.
pub(super) fn accounts(
    objects: &[Object],
    plan: &Plan,
    carried: &[Carried],
    not: &BTreeMap<usize, Reason>,
) -> Vec<Account> {
    let by_action: BTreeMap<usize, &Carried> = carried.iter().map(|entry| (entry.action, entry)).collect();
    let made = |(n, object): (usize, &Object)| match object.kind {
        Kind::Ipblock => ipblock(object, plan, objects, carried),
        Kind::Pattern => pattern(object, objects, carried),
        Kind::Action | Kind::HaproxyAction => match by_action.get(&n) {
            Some(entry) => action(object, entry),
            None => {
                let (why, nearest) = not.get(&n).cloned().unwrap_or_default();
                Account { nearest, ..not_carried(object, why) }
            }
        },
    };
    objects.iter().enumerate().map(made).collect()
}

fn account(object: &Object, outcome: Outcome) -> Account {
    Account {
        kind: object.kind.as_str(),
        name: object.name.clone(),
        file: object.file.clone(),
        line: object.line,
        outcome,
        to: Vec::new(),
        lost: Vec::new(),
        nearest: None,
        fields: Vec::new(),
    }
}

fn not_carried(object: &Object, why: String) -> Account {
    let fields = fields(object, |_| (Fate::Lost, "with the object".to_owned()));
    Account { lost: vec![why], fields, ..account(object, Outcome::Not) }
}

fn fields(object: &Object, fate: impl Fn(&str) -> (Fate, String)) -> Vec<FieldAccount> {
    let told = |field: &super::object::Field| {
        let (fate, why) = match field.value {
            Value::Unknown => (Fate::Lost, "not a field that this version knows".to_owned()),
            _ => fate(&field.name),
        };
        FieldAccount { name: field.name.clone(), line: field.line, fate, why }
    };
    object.fields.iter().map(told).collect()
}

/// Adds what became of the fields; an object with a field that is lost is carried over in part.
fn with_fields(mut account: Account, fields: Vec<FieldAccount>) -> Account {
    for field in fields.iter().filter(|field| matches!(field.fate, Fate::Lost | Fate::Answer)) {
        account.lost.push(format!("{}: {}", field.name, field.why));
    }
    let is_lost = fields.iter().any(|field| field.fate == Fate::Lost);
    let outcome = if is_lost { account.outcome.max(Outcome::Part) } else { account.outcome };
    Account { outcome, fields, ..account }
}

/// The actions that use an object and are carried over.
fn used_by(from: &str, objects: &[Object], carried: &[Carried]) -> Vec<String> {
    let uses = carried.iter().filter(|entry| entry.intent.sources.iter().any(|source| source == from));
    uses.filter_map(|entry| objects.get(entry.action)).map(Object::to_string).collect()
}

fn ipblock(object: &Object, plan: &Plan, objects: &[Object], carried: &[Carried]) -> Account {
    let Some(network) = plan.networks.iter().find(|network| network.ipblock == object.name) else {
        return match object.list("cidrs").is_empty() {
            true => not_carried(object, "it has no prefix: there is nothing to carry over".to_owned()),
            false if NetworkKind::of_scope(object.tag()).is_some() => not_carried(
                object,
                "none of its prefixes is left: they are no prefixes, or those of other ipblocks".to_owned(),
            ),
            false => {
                let scope = object.tag();
                let hint =
                    format!("--scope {scope}=cloud, --scope {scope}=client or --scope {scope}=abusive");
                let why = format!(
                    "of what kind are ipblocks of the scope {scope}? No action that is carried over refuses it"
                );
                Account { nearest: Some(hint), ..not_carried(object, why) }
            }
        };
    };
    let outcome = if network.losses.is_empty() { Outcome::Whole } else { Outcome::Part };
    let shadow = if network.kind == NetworkKind::AbusiveInShadow { ", shadow: true" } else { "" };
    let place = format!("networks: {} (kind: {}{shadow})", network.name, network.kind.as_str());
    let mut made = Account { to: vec![place], lost: network.losses.clone(), ..account(object, outcome) };
    let users = used_by(&format!("ipblock@{}", object.name), objects, carried);
    if network.kind == NetworkKind::AbusiveInShadow && users.is_empty() {
        made.nearest =
            Some("no action in force refuses it: take shadow: true away to have it refused".to_owned());
    }
    let fate = |name: &str| match name {
        "cidrs" => (Fate::Carried, "prefixes of the network".to_owned()),
        _ => (Fate::Carried, "a comment of the network".to_owned()),
    };
    let fields = fields(object, fate);
    with_fields(made, fields)
}

fn pattern(object: &Object, objects: &[Object], carried: &[Carried]) -> Account {
    let users = used_by(&format!("pattern@{}", object.name), objects, carried);
    if users.is_empty() {
        return not_carried(object, "no action that is carried over uses it".to_owned());
    }
    let has_param = !object.text("query_parameter").is_empty();
    let fate = |name: &str| match (name, object.text(name)) {
        ("header_is_set", _) => (Fate::Carried, "with the header".to_owned()),
        ("header_value", _) if object.text("header").is_empty() => {
            (Fate::Idle, "there is no header".to_owned())
        }
        ("header_value", text) if !text.is_empty() && !object.flag("header_is_set", true) => {
            (Fate::Idle, "the header is to be absent".to_owned())
        }
        ("query_parameter_value", "") if has_param => (Fate::Idle, "any value".to_owned()),
        (_, "") => (Fate::Idle, "empty".to_owned()),
        _ => (Fate::Carried, "a condition of the actions that use it".to_owned()),
    };
    // Varnish compares the URL with its query, so that where an action of Varnish uses the pattern, that counts.
    let in_varnish = users.iter().any(|user| user.starts_with(Kind::Action.as_str()));
    let proxy = if in_varnish { Kind::Action } else { Kind::HaproxyAction };
    let fits = conditions(object, proxy).into_iter().filter_map(|literal| match literal.atom {
        Atom::Agents(_, fit) | Atom::Paths(_, fit) | Atom::Hosts(_, fit) => Some(fit),
        _ => None,
    });
    let lost: Vec<String> =
        fits.flat_map(|fit| [fit.narrower, fit.wider]).flatten().map(str::to_owned).collect();
    let outcome = if lost.is_empty() { Outcome::Whole } else { Outcome::Part };
    let made = Account { to: users, lost, ..account(object, outcome) };
    let fields = fields(object, fate);
    with_fields(made, fields)
}

fn action(object: &Object, entry: &Carried) -> Account {
    let outcome = if entry.intent.losses.is_empty() { Outcome::Whole } else { Outcome::Part };
    let made = Account {
        to: entry.to.iter().cloned().collect(),
        lost: entry.intent.losses.clone(),
        nearest: entry.intent.nearest.map(str::to_owned),
        ..account(object, outcome)
    };
    let limit = entry.intent.rules.iter().find_map(|rule| match rule {
        Rule::Limit { quota, .. } => Some(quota),
        _ => None,
    });
    let fields = fields(object, |name| match (name, limit) {
        ("throttle_requests", Some(quota)) => (Fate::Carried, format!("burst: {}", quota.burst)),
        ("throttle_interval", Some(quota)) => (Fate::Carried, format!("rate: {}", quota.rate)),
        ("throttle_duration", Some(quota)) => match (&quota.no_hold, quota.hold) {
            (Some(why), _) => (Fate::Lost, why.clone()),
            (None, Some(hold)) => (Fate::Carried, format!("hold: {hold}s")),
            (None, None) => (Fate::Carried, "no hold".to_owned()),
        },
        ("throttle_per_ip", Some(_)) if object.flag(name, false) => (Fate::Carried, "key: ip".to_owned()),
        ("throttle_per_ip", Some(_)) => (Fate::Lost, ONE_BUCKET.to_owned()),
        ("resp_status", _) => {
            status(object.number("resp_status", 429), if limit.is_some() { 429 } else { 403 })
        }
        _ => field_of_action(name, object, entry),
    });
    let mut made = with_fields(made, fields);
    // What is not given has a value as well: misses alone are looked at, a hold is 1000 seconds, a status is 429.
    if object.kind == Kind::Action && !object.has("cache_miss_only") {
        made = lost_default(made, "cache_miss_only", CACHE_HITS);
    }
    if let Some(why) =
        limit.and_then(|quota| quota.no_hold.as_ref()).filter(|_| !object.has("throttle_duration"))
    {
        made = lost_default(made, "throttle_duration", why);
    }
    if limit.is_some() && !object.has("throttle_per_ip") {
        made = lost_default(made, "throttle_per_ip", ONE_BUCKET);
    }
    if limit.is_none() && !object.has("resp_status") && !object.flag("silent_drop", false) {
        made.lost.push(format!("resp_status: {}", status(429, 403).1));
    }
    made
}

/// Notes a field that is lost though it is not given.
fn lost_default(mut account: Account, name: &str, why: &str) -> Account {
    account.lost.push(format!("{name}: {why}"));
    Account { outcome: account.outcome.max(Outcome::Part), ..account }
}

const CACHE_HITS: &str =
    "requests that the cache could answer are judged, too: the agent is asked before the cache";

const ONE_BUCKET: &str =
    "each client has a bucket of its own, where all of a server had one: more requests pass";

fn status(asked: i64, answered: i64) -> (Fate, String) {
    match asked == answered {
        true => (Fate::Carried, format!("{answered} is answered")),
        false => (Fate::Answer, format!("{answered} is answered in place of {asked}")),
    }
}

fn field_of_action(name: &str, object: &Object, entry: &Carried) -> (Fate, String) {
    let carried = |why: &str| (Fate::Carried, why.to_owned());
    let idle = |why: &str| (Fate::Idle, why.to_owned());
    match name {
        "enabled" if entry.shadow => carried("it is not in force: shadow: true"),
        "enabled" => carried("its rules are in force"),
        "expression" => carried("the conditions of its rules"),
        "comment" => carried("a comment of its rules"),
        "cache_miss_only" if object.flag(name, true) => (Fate::Lost, CACHE_HITS.to_owned()),
        "cache_miss_only" => carried("every request is judged"),
        "sites" if object.list(name).is_empty() => carried("all sites"),
        "sites" => {
            let sites: Vec<&str> = object.list(name).iter().map(|site| &*site.value).take(10).collect();
            (
                Fate::Lost,
                format!("it is for {} alone; the policy is for every site that has it", sites.join(", ")),
            )
        }
        "resp_reason" if object.text(name).is_empty() => idle("empty"),
        "resp_reason" => (Fate::Answer, "answers have texts of their own (docs/answers.md)".to_owned()),
        "silent_drop" if object.flag(name, false) => {
            (Fate::Answer, "403 is answered in place of nothing".to_owned())
        }
        "do_throttle" => carried("a limit, or a refusal"),
        "log_matching" => carried("HAProxy logs each verdict with its reason"),
        "priority" => idle("the order of rules does not change who is refused"),
        "last_modified" | "created" | "keep" => idle("housekeeping of requestctl"),
        _ => idle("it has no effect in this action"),
    }
}
