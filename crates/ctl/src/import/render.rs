//! The files of the policy, with comments that say where each part comes from.

use std::borrow::Cow;
use std::fmt::Write as _;

use ipnet::IpNet;

use super::condition::Agent;
use super::network::{Network, NetworkKind};
use super::object::{Kind, Object};
use super::plan::{Exemption, Limit, Plan, Stage};
use super::rule::Condition;
use crate::untrusted::printable;

/// Most prefixes that stand in the policy itself where there may be other files.
const MAX_INLINE: usize = 32;
/// Longest text of a comment, in characters.
const MAX_COMMENT: usize = 160;

/// The name of the policy.
pub(super) const POLICY: &str = "policy.yaml";
/// The name of the file of classes.
const CLASSES: &str = "user-agents.yaml";

/// What stands at the head of the policy.
pub(super) struct Head<'h> {
    /// The folder that was imported.
    pub(super) from: &'h str,
    /// When, as a date or an RFC 3339 time.
    pub(super) at: &'h str,
    pub(super) cluster: Option<&'h str>,
    pub(super) email: &'h str,
    pub(super) url: &'h str,
}

/// A file of the policy.
pub(super) struct File {
    /// Relative to the policy.
    pub(super) name: String,
    pub(super) text: String,
}

/// The policy, first, and the files that it names. With `inline`, prefixes stand in the policy however many there are.
pub(super) fn files(plan: &Plan, objects: &[Object], head: &Head<'_>, inline: bool) -> Vec<File> {
    let mut others = Vec::new();
    let mut text = String::new();
    let _ = header(&mut text, head);
    let _ = networks(&mut text, plan, objects, inline, &mut others);
    let _ = user_agents(&mut text, plan, objects, head, &mut others);
    let _ = exemptions(&mut text, plan);
    let _ = limits(&mut text, plan, objects);
    let mut files = vec![File { name: POLICY.to_owned(), text }];
    files.append(&mut others);
    files
}

type Written = std::fmt::Result;

fn header(out: &mut String, head: &Head<'_>) -> Written {
    let cluster = head.cluster.map(|cluster| format!(", cluster {cluster}")).unwrap_or_default();
    writeln!(
        out,
        "# Made by provenancectl import requestctl {}, at {}{}.",
        comment(head.from),
        head.at,
        comment(&cluster)
    )?;
    writeln!(
        out,
        "# What it does not say, and what it says otherwise, stands in the report of the import: docs/import-requestctl.md.\n"
    )?;
    writeln!(out, "version: 1\n")?;
    writeln!(out, "# Whom a refused client may turn to: requestctl does not say.")?;
    writeln!(out, "contact:\n  email: {}\n  url: {}\n", quoted(head.email), quoted(head.url))?;
    writeln!(out, "# Nothing is enforced yet: each verdict says in `would` what it would have been.")?;
    writeln!(out, "shadow: true")
}

fn networks(
    out: &mut String,
    plan: &Plan,
    objects: &[Object],
    inline: bool,
    files: &mut Vec<File>,
) -> Written {
    if plan.networks.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nnetworks:")?;
    for network in &plan.networks {
        origin(out, "  ", "ipblock", &network.ipblock, text_of(objects, &[Kind::Ipblock], &network.ipblock))?;
        writeln!(out, "  - name: {}\n    kind: {}", quoted(&network.name), network.kind.as_str())?;
        if network.kind == NetworkKind::AbusiveInShadow {
            writeln!(out, "    shadow: true # no action that is in force refuses it")?;
        }
        prefixes(out, network, inline, files)?;
    }
    Ok(())
}

fn prefixes(out: &mut String, network: &Network, inline: bool, files: &mut Vec<File>) -> Written {
    if inline || network.prefixes.len() <= MAX_INLINE {
        let list: Vec<String> = network.prefixes.iter().map(|net| quoted(&net.to_string())).collect();
        return writeln!(out, "    cidrs: [{}]", list.join(", "));
    }
    let name = format!("networks/{}.txt", network.name);
    let mut text = format!("# ipblock {}\n", comment(&network.ipblock));
    network.prefixes.iter().map(IpNet::to_string).for_each(|net| text.extend([&*net, "\n"]));
    writeln!(out, "    file: {}", quoted(&name))?;
    files.push(File { name, text });
    Ok(())
}

fn user_agents(
    out: &mut String,
    plan: &Plan,
    objects: &[Object],
    head: &Head<'_>,
    files: &mut Vec<File>,
) -> Written {
    let has_file = plan.classes.iter().any(|class| class.name != "none");
    if !has_file && plan.stages.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nuser_agents:")?;
    if has_file {
        writeln!(
            out,
            "  # The classes of the patterns alone; those that ship are in policy/user-agents.yaml."
        )?;
        writeln!(out, "  classes: {}", quoted(CLASSES))?;
        files.push(File { name: CLASSES.to_owned(), text: classes(plan)? });
    }
    if !plan.stages.is_empty() {
        writeln!(out, "  stages:")?;
    }
    // A stage has begun when it is imported.
    let date = head.at.get(..10).unwrap_or(head.at);
    for Stage { class, shadow, actions } in &plan.stages {
        for action in actions {
            origin(out, "    ", "action", action, text_of(objects, &ACTIONS, action))?;
        }
        let shadow = if *shadow { ", shadow: true" } else { "" };
        writeln!(out, "    {class}:\n      - {{ from: {date}, block: true{shadow} }}")?;
    }
    Ok(())
}

fn classes(plan: &Plan) -> Result<String, std::fmt::Error> {
    let mut out =
        "# Patterns of requestctl as classes of user agents. The first class that matches counts.\n"
            .to_owned();
    for class in plan.classes.iter().filter(|class| class.name != "none") {
        writeln!(out, "{}:", class.name)?;
        let mut list = |key: &str, wanted: fn(&Agent) -> Option<&str>| {
            let texts: Vec<String> = class.agents.iter().filter_map(wanted).map(quoted).collect();
            if texts.is_empty() { Ok(()) } else { writeln!(out, "  {key}: [{}]", texts.join(", ")) }
        };
        list("products", |agent| match agent {
            Agent::Product(name) => Some(name),
            _ => None,
        })?;
        list("contains", |agent| match agent {
            Agent::Contains(text) => Some(text),
            _ => None,
        })?;
    }
    Ok(out)
}

fn exemptions(out: &mut String, plan: &Plan) -> Written {
    if !plan.exemptions.is_empty() {
        writeln!(out, "\nexemptions:")?;
    }
    for Exemption { name, classes, conditions, actions } in &plan.exemptions {
        for action in actions {
            writeln!(out, "  # NOT … of action {}", comment(action))?;
        }
        writeln!(out, "  - name: {name}\n    classes: [{}]", classes.join(", "))?;
        for condition in conditions {
            let (key, values) = match condition {
                Condition::Network(name) => ("networks", vec![quoted(name)]),
                Condition::Paths(paths) => ("paths", paths.iter().map(|path| quoted(path)).collect()),
                Condition::Hosts(hosts) => ("hosts", hosts.iter().map(|host| quoted(host)).collect()),
                Condition::Method(method) => ("methods", vec![quoted(method)]),
                Condition::Header(header) => ("headers", vec![quoted(header)]),
            };
            writeln!(out, "    {key}: [{}]", values.join(", "))?;
        }
    }
    Ok(())
}

fn limits(out: &mut String, plan: &Plan, objects: &[Object]) -> Written {
    if !plan.limits.is_empty() {
        writeln!(out, "\nlimits:")?;
    }
    for Limit { name, classes, paths, quota, shadow, action } in &plan.limits {
        origin(out, "  ", "action", action, text_of(objects, &ACTIONS, action))?;
        writeln!(out, "  - name: {name}\n    key: ip")?;
        if !classes.is_empty() {
            writeln!(out, "    classes: [{}]", classes.join(", "))?;
        }
        writeln!(out, "    rate: {}\n    burst: {}", quota.rate, quota.burst)?;
        if let Some(hold) = quota.hold {
            writeln!(out, "    hold: {hold}s")?;
        }
        writeln!(out, "    ipv6_prefix: 64 # requestctl counts each address by itself: 128")?;
        let costs = costs(&paths.free, &paths.counted);
        if !costs.is_empty() {
            writeln!(out, "    costs:")?;
        }
        for (path, cost) in costs {
            writeln!(out, "      - {{ path: {}, cost: {cost} }}", quoted(&path))?;
        }
        if *shadow {
            writeln!(out, "    shadow: true # the action is not enabled")?;
        }
    }
    Ok(())
}

/// Costs by which nothing but these paths is counted. An entry all of whose paths an earlier one has is left out.
fn costs(free: &[String], counted: &[String]) -> Vec<(String, u32)> {
    let rest = if counted.is_empty() { None } else { Some(("/*".to_owned(), 0)) };
    // The narrower of two first, so that one that is within another is not behind it.
    let by_length = |paths: &[String]| {
        let mut paths = paths.to_vec();
        paths.sort_by_key(|path| (std::cmp::Reverse(path.len()), path.clone()));
        paths
    };
    let free = by_length(free).into_iter().map(|path| (path, 0));
    let counted = by_length(counted).into_iter().map(|path| (path, 1));
    let mut costs: Vec<(String, u32)> = Vec::new();
    for entry in free.chain(counted).chain(rest) {
        if !costs.iter().any(|(earlier, _)| covers(earlier, &entry.0)) {
            costs.push(entry);
        }
    }
    costs
}

/// Whether every path of `other` is one of `pattern`, as a policy compares them.
fn covers(pattern: &str, other: &str) -> bool {
    let within =
        |start: &str, end: &str, path: &str| path.strip_prefix(start).is_some_and(|rest| rest.ends_with(end));
    match (pattern.split_once('*'), other.split_once('*')) {
        (None, None) => pattern == other,
        (None, Some(_)) => false,
        (Some((start, end)), None) => within(start, end, other),
        (Some((start, end)), Some((of_other, end_of_other))) => {
            of_other.starts_with(start) && end_of_other.ends_with(end)
        }
    }
}

const ACTIONS: [Kind; 2] = [Kind::Action, Kind::HaproxyAction];

/// The comment of an object.
fn text_of<'o>(objects: &'o [Object], kinds: &[Kind], name: &str) -> &'o str {
    let mut found = objects.iter().filter(|object| kinds.contains(&object.kind) && object.name == name);
    found.next().map_or("", |object| object.text("comment"))
}

fn origin(out: &mut String, indent: &str, kind: &str, name: &str, text: &str) -> Written {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let said = if text.is_empty() { String::new() } else { format!(": {}", comment(&text)) };
    writeln!(out, "{indent}# {kind} {}{said}", comment(name))
}

/// A text that stays within the line of its comment.
fn comment(text: &str) -> Cow<'_, str> {
    printable(text.as_bytes(), MAX_COMMENT)
}

/// A string of YAML: one of JSON is one.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cost_that_would_never_count_is_left_out() {
        let of = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
        let read = costs(&of(&["/w/load*"]), &of(&["/w/*", "/w/load.php", "/w/api.php"]));
        let wanted = [("/w/load*", 0), ("/w/api.php", 1), ("/w/*", 1), ("/*", 0)];
        assert_eq!(read, wanted.map(|(path, cost)| (path.to_owned(), cost)));
        assert_eq!(costs(&[], &of(&["/*"])), [("/*".to_owned(), 1)]);
        assert!(costs(&[], &[]).is_empty());
    }
}
