//! `docs/reference/policy.md`.

use std::fmt::Write as _;

use super::annotated;
use super::document::{Key, Section, sections};
use crate::{Error, read};

const HEAD: &str = "<!-- Written by the code: `make docs`. What stands here is changed in the doc comments of crates/policy/src/document. -->

# Reference: the keys of a policy

Every key that a policy may have, from the code that reads it; the annotated [policy/policy.yaml](../../policy/policy.yaml) is the same in the
order in which a person writes it. A key that is not here is refused, with its place and the one that was probably meant.

In a path, `[]` stands for an entry of a list and `<name>` for a name of your own. Times are UTC: a date (its 00:00:00) or RFC 3339. Lengths of
time are `90s`, `5m`, `2h`, `14d`; rates are a count per second, minute or hour: `10/s`, `600/m`, `1000/h`. Files are found relative to the
policy file. In a path pattern one `*` stands for anything.

";

const CLASSES: &str = "## The file of classes

The file that `user_agents.classes` names ([user-agents.md](../user-agents.md)): classes by name, their own first.

";

/// The page.
///
/// # Errors
/// If a key has no example in `policy/policy.yaml`, or no doc comment.
pub fn page() -> Result<String, Error> {
    let examples = annotated::values(&annotated::with_examples(&read("policy/policy.yaml")?))?;
    let policy = sections("PolicyDocument")?;
    let mut page = HEAD.to_owned();
    for section in policy.iter().filter(|section| !section.path.is_empty() && !section.path.contains('.')) {
        let name = section.path.trim_end_matches("[]");
        writes(&mut page, format_args!("[`{name}`](#{}) · ", anchor(&section.path)));
    }
    page.push_str("[the file of classes](#the-file-of-classes)\n\n");
    for section in &policy {
        write_section(&mut page, section, &examples)?;
    }
    page.push_str(CLASSES);
    let classes = annotated::values(&read("policy/user-agents.yaml")?)?;
    let classes: Vec<_> = classes.into_iter().map(|(key, value)| (format!(".{key}"), value)).collect();
    for section in sections("ClassesDocument")? {
        write_keys(&mut page, &section, &classes)?;
    }
    Ok(page.trim_end().to_owned() + "\n")
}

/// The anchor of a section's heading.
fn anchor(path: &str) -> String {
    path.chars().filter(|c| c.is_alphanumeric() || *c == '_').collect()
}

fn write_section(
    page: &mut String,
    section: &Section,
    examples: &[(String, Option<String>)],
) -> Result<(), Error> {
    match section.path.as_str() {
        "" => page.push_str("## The file\n\n"),
        path => {
            let level = if path.contains('.') { "###" } else { "##" };
            writes(page, format_args!("{level} `{path}`\n\n{}\n\n", linked(&section.doc)));
        }
    }
    write_keys(page, section, examples)
}

fn write_keys(
    page: &mut String,
    section: &Section,
    examples: &[(String, Option<String>)],
) -> Result<(), Error> {
    page.push_str("| key | value | default | meaning | example |\n|---|---|---|---|---|\n");
    for key in &section.keys {
        let default = key.default.as_deref().unwrap_or("**must be there**");
        let example = match example(key, examples)? {
            Some(example) => format!("`{}`", example.replace('|', "\\|")),
            None => String::new(),
        };
        let path = key.path.trim_start_matches('.');
        writes(
            page,
            format_args!("| `{path}` | {} | {default} | {} | {example} |\n", value(key), cell(&key.meaning)),
        );
    }
    page.push('\n');
    for key in section.keys.iter().filter(|key| !key.values.is_empty()) {
        writes(page, format_args!("Values of `{}`:\n\n", key.path));
        for (value, meaning) in &key.values {
            writes(page, format_args!("- `{value}`: {meaning}\n"));
        }
        page.push('\n');
    }
    Ok(())
}

fn value(key: &Key) -> String {
    let values: Vec<_> = key.values.iter().map(|(value, _)| format!("`{value}`")).collect();
    if values.is_empty() { key.value.clone() } else { values.join(", ") }
}

/// The key with the value that it has in the annotated policy; `None` for a mapping, whose keys have examples.
fn example(key: &Key, examples: &[(String, Option<String>)]) -> Result<Option<String>, Error> {
    if key.is_section {
        return Ok(None);
    }
    let name = key.path.rsplit(['.', ']']).next().unwrap_or(&key.path);
    let mut found = examples.iter().filter(|(path, _)| is_at(path, &key.path));
    // One that shows something goes before the empty list of another place.
    let shown = found
        .clone()
        .find(|(_, value)| value.as_deref().is_some_and(|value| value != "[]"))
        .or_else(|| found.next());
    match shown {
        Some((_, Some(value))) => Ok(Some(format!("{name}: {value}"))),
        _ => Err(Error::new(key.path.clone(), "policy/policy.yaml shows no example of this key")),
    }
}

/// Whether a path of a file is that of a key, whose `<name>` stands for any one.
#[must_use]
pub fn is_at(path: &str, key: &str) -> bool {
    let (mut path, mut key) = (path.split('.'), key.split('.'));
    loop {
        match (path.next(), key.next()) {
            (None, None) => return true,
            (Some(path), Some(key)) => {
                let is_name = key.strip_prefix("<name>").is_some_and(|rest| {
                    let lists = path.find('[').and_then(|at| path.get(at..)).unwrap_or_default();
                    lists == rest
                });
                if path != key && !is_name {
                    return false;
                }
            }
            _ => return false,
        }
    }
}

/// Paragraphs, in which a page that is named (`docs/limits.md`) is a link.
fn linked(doc: &str) -> String {
    let mut parts = doc.split("`docs/");
    let mut linked = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once('`') {
            Some((page, rest)) => writes(&mut linked, format_args!("[{page}](../{page}){rest}")),
            None => linked.push_str(part),
        }
    }
    linked.replace('\n', "\n\n")
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn writes(page: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String does not fail.
    let _ = page.write_fmt(text);
}
