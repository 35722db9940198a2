//! `policy/policy.yaml` with what stands in comments as an example made a part of it.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Location, Spanned};

use crate::Error;

/// The annotated policy with its examples.
///
/// An example is a comment that begins with `#  - ` or `#key:`, and all lines below it that begin with `#` and two spaces; prose begins
/// with `# `. What an example stands behind may be an empty list: `keys: []`.
#[must_use]
pub fn with_examples(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut is_example = false;
    for line in text.lines() {
        let indent = line.len() - line.trim_start().len();
        let Some((before, comment)) =
            line.split_at_checked(indent).and_then(|(before, rest)| Some((before, rest.strip_prefix('#')?)))
        else {
            is_example = false;
            lines.push(line.to_owned());
            continue;
        };
        let was_example = is_example;
        is_example = comment.starts_with("  - ")
            || begins_with_a_key(comment)
            || is_example && comment.starts_with("  ");
        if is_example
            && !was_example
            && let Some(last) = lines.last_mut()
            && let Some(key) = last.strip_suffix(" []")
        {
            *last = key.to_owned();
        }
        lines.push(if is_example { format!("{before}{comment}") } else { line.to_owned() });
    }
    lines.join("\n") + "\n"
}

fn begins_with_a_key(comment: &str) -> bool {
    comment
        .split_once(':')
        .is_some_and(|(key, _)| !key.is_empty() && key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
}

/// The values of a policy by the path of their keys, as they are written: `limits[].rate` → `50/s`. A key of a mapping has no value. Names
/// that the policy chooses are those of the file: `user_agents.stages.cli[].from`.
///
/// # Errors
/// If it is no YAML.
pub fn values(text: &str) -> Result<Vec<(String, Option<String>)>, Error> {
    let node: Spanned<Node> = serde_saphyr::from_str(text).map_err(|why| Error::new("policy.yaml", why))?;
    let mut found = Vec::new();
    collect(text, &node, "", &mut found);
    Ok(found)
}

fn collect(text: &str, node: &Spanned<Node>, path: &str, found: &mut Vec<(String, Option<String>)>) {
    match &node.value {
        Node::Scalar => {}
        Node::List(entries) => {
            for entry in entries {
                collect(text, entry, &format!("{path}[]"), found);
            }
        }
        Node::Mapping(entries) => {
            for (key, value) in entries {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                found.push((path.clone(), written(text, value)));
                collect(text, value, &path, found);
            }
        }
    }
}

/// A scalar or a list of scalars as it is written.
fn written(text: &str, node: &Spanned<Node>) -> Option<String> {
    match &node.value {
        Node::Scalar => scalar(text, node.referenced).map(str::to_owned),
        Node::List(entries) => {
            let entries = entries.iter().map(|entry| match entry.value {
                Node::Scalar => scalar(text, entry.referenced),
                _ => None,
            });
            Some(format!("[{}]", entries.collect::<Option<Vec<_>>>()?.join(", ")))
        }
        Node::Mapping(_) => None,
    }
}

fn scalar(text: &str, at: Location) -> Option<&str> {
    let span = at.span();
    let from = usize::try_from(span.byte_offset()?).ok()?;
    let length = usize::try_from(span.byte_len()?).ok()?;
    text.get(from..from.checked_add(length)?).map(str::trim_end)
}

#[derive(Debug)]
enum Node {
    Scalar,
    List(Vec<Spanned<Node>>),
    Mapping(Vec<(String, Spanned<Node>)>),
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Nodes;

        impl<'de> Visitor<'de> for Nodes {
            type Value = Node;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("YAML")
            }

            fn visit_bool<E>(self, _: bool) -> Result<Node, E> {
                Ok(Node::Scalar)
            }

            fn visit_i64<E>(self, _: i64) -> Result<Node, E> {
                Ok(Node::Scalar)
            }

            fn visit_u64<E>(self, _: u64) -> Result<Node, E> {
                Ok(Node::Scalar)
            }

            fn visit_f64<E>(self, _: f64) -> Result<Node, E> {
                Ok(Node::Scalar)
            }

            fn visit_str<E>(self, _: &str) -> Result<Node, E> {
                Ok(Node::Scalar)
            }

            fn visit_unit<E>(self) -> Result<Node, E> {
                Ok(Node::Scalar)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = seq.next_element()? {
                    entries.push(entry);
                }
                Ok(Node::List(entries))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Node::Mapping(entries))
            }
        }

        deserializer.deserialize_any(Nodes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_takes_the_place_of_the_empty_list_before_it() {
        let text = "# Prose: of a section.\n#   more of it\nkeys: []\n#  - id: a\n#    sign: true\n\n#sessions:\n#  bearer: true\n";
        let whole = "# Prose: of a section.\n#   more of it\nkeys:\n  - id: a\n    sign: true\n\nsessions:\n  bearer: true\n";
        assert_eq!(with_examples(text), whole);
    }

    #[test]
    fn values_are_as_they_are_written() {
        let found =
            values("a: { b: \"*.x\", c: [1, 'two'] }\nd:\n  - e: 5/s   # comment\n    f: 2027-01-01\n")
                .unwrap();
        let found: Vec<_> = found.iter().map(|(key, value)| (key.as_str(), value.as_deref())).collect();
        let expected = [
            ("a", None),
            ("a.b", Some("\"*.x\"")),
            ("a.c", Some("[1, 'two']")),
            ("d", None),
            ("d[].e", Some("5/s")),
            ("d[].f", Some("2027-01-01")),
        ];
        assert_eq!(found, expected);
    }
}
