//! The shipped patterns against `tests/vectors/user-agents`.

use std::{collections::BTreeMap, fs, path::PathBuf};

use serde::Deserialize;

use super::super::{ClassPatterns, UaClass, UserAgents};
use crate::classify::contact::ContactKind;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    user_agent: Option<String>,
    api_user_agent: Option<String>,
    class: String,
    contact: Option<ExpectedContact>,
    #[serde(default, rename = "why")]
    _why: String,
}

#[derive(Deserialize, Debug, PartialEq)]
#[serde(rename_all = "snake_case")]
enum ExpectedContact {
    Email(String),
    Url(String),
    WikiUser(String),
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Lists {
    products: Vec<String>,
    contains: Vec<String>,
}

fn repository(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

fn shipped_patterns() -> Vec<ClassPatterns> {
    let yaml = fs::read_to_string(repository("policy/user-agents.yaml")).unwrap();
    let classes: BTreeMap<String, Lists> = serde_saphyr::from_str(&yaml).unwrap();
    let patterns = |(name, lists): (String, Lists)| ClassPatterns {
        name,
        products: lists.products,
        contains: lists.contains,
    };
    classes.into_iter().map(patterns).collect()
}

fn vectors(file: &str) -> Vec<Vector> {
    let path = repository("tests/vectors/user-agents").join(file);
    let lines = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let vectors: Vec<Vector> = lines
        .lines()
        .zip(1..)
        .map(|(line, number)| {
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{file}:{number}: {error}"))
        })
        .collect();
    assert!(!vectors.is_empty(), "{file} is empty");
    vectors
}

/// Every mismatch of a file at once: a changed pattern shows all that it changes.
#[track_caller]
fn assert_vectors(file: &str) {
    let agents = UserAgents::compile(&shipped_patterns()).unwrap();
    let mut wrong = Vec::new();
    for (vector, line) in vectors(file).iter().zip(1..) {
        let classified = agents.classify(
            vector.user_agent.as_deref().map(str::as_bytes),
            vector.api_user_agent.as_deref().map(str::as_bytes),
        );
        let class = agents.name(classified.class);
        let contact = classified.contact.map(|contact| {
            let value = contact.value.to_owned();
            match contact.kind {
                ContactKind::Email => ExpectedContact::Email(value),
                ContactKind::Url => ExpectedContact::Url(value),
                ContactKind::WikiUser => ExpectedContact::WikiUser(value),
            }
        });
        if class != vector.class || contact != vector.contact {
            wrong.push(format!(
                "{file}:{line}: {class} {contact:?}, expected {} {:?}",
                vector.class, vector.contact
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn browsers() {
    assert_vectors("browsers.jsonl");
}

#[test]
fn crawlers() {
    assert_vectors("crawlers.jsonl");
}

#[test]
fn libraries() {
    assert_vectors("libraries.jsonl");
}

#[test]
fn command_line_tools() {
    assert_vectors("command-line.jsonl");
}

#[test]
fn mediawiki() {
    assert_vectors("mediawiki.jsonl");
}

#[test]
fn none_and_other() {
    assert_vectors("none-and-other.jsonl");
}

#[test]
fn traps() {
    assert_vectors("traps.jsonl");
}

#[test]
fn every_shipped_product_is_reached() {
    let patterns = shipped_patterns();
    let agents = UserAgents::compile(&patterns).unwrap();
    for class in &patterns {
        for product in &class.products {
            let user_agent = format!("{}/1.0", product.to_ascii_uppercase());
            let classified = agents.classify(Some(user_agent.as_bytes()), None);
            assert_eq!(agents.name(classified.class), class.name, "{user_agent}");
        }
    }
}

#[test]
fn no_shipped_pattern_makes_software_of_a_real_browser() {
    let patterns = shipped_patterns();
    let agents = UserAgents::compile(&patterns).unwrap();
    let software = |class: &&ClassPatterns| ["library_default", "cli", "mediawiki"].contains(&&*class.name);
    let browsers = vectors("browsers.jsonl");
    let rendered = browsers.iter().filter_map(|vector| vector.user_agent.as_deref());
    let rendered: Vec<_> =
        rendered.filter(|text| text.starts_with("Mozilla/5.0 (") && text.contains("Safari/")).collect();
    assert!(rendered.len() > 100, "{} browsers", rendered.len());
    for class in patterns.iter().filter(software) {
        for (pattern, browser) in class.products.iter().chain(&class.contains).zip(rendered.iter().cycle()) {
            let user_agent = format!("{browser} {pattern}/1.0");
            let classified = agents.classify(Some(user_agent.as_bytes()), None);
            let known = [UaClass::BROWSER, UaClass::OTHER].contains(&classified.class);
            assert!(known, "{user_agent}: {}", agents.name(classified.class));
        }
    }
}
