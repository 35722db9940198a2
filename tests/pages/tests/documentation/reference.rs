//! The pages that the code writes are those that it writes now, and the annotated policy has every key.

use pages::reference::{annotated, policy, sections, vmod};
use pages::{read, repository};

use crate::folder::compile;
use crate::{artifacts, none_failed};

/// Compares a page with the one in the checkout, or writes it there.
fn is_written(path: &str, page: &str) {
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(repository().join(path), page).unwrap();
    }
    let kept = read(path).unwrap_or_default();
    let differs = kept.lines().zip(page.lines()).find(|(kept, written)| kept != written);
    assert!(
        kept == page,
        "{path} is not what the code writes: run `make docs`. First difference: {differs:#?}"
    );
}

#[test]
fn the_reference_of_the_policy_is_what_the_code_writes() {
    is_written("docs/reference/policy.md", &policy::page().unwrap());
}

#[test]
fn the_reference_of_the_vmod_is_what_the_code_writes() {
    is_written("docs/reference/vmod.md", &vmod::page(&artifacts().vmod).unwrap());
}

#[test]
fn the_annotated_policy_has_every_key_and_no_other() {
    let text = annotated::with_examples(&read("policy/policy.yaml").unwrap());
    let values = annotated::values(&text).unwrap();
    let sections = sections("PolicyDocument").unwrap();
    let keys: Vec<_> =
        sections.iter().flat_map(|section| &section.keys).map(|key| key.path.as_str()).collect();
    let missing = keys.iter().filter(|key| !values.iter().any(|(path, _)| policy::is_at(path, key)));
    let mut failed: Vec<_> = missing.map(|key| format!("policy/policy.yaml does not have {key}")).collect();
    // The names in a table are keys of the file, too.
    let is_name =
        |path: &str| keys.iter().any(|key| key.contains(".<name>") && policy::is_at(path, below(key)));
    let unknown =
        values.iter().filter(|(path, _)| !keys.iter().any(|key| policy::is_at(path, key)) && !is_name(path));
    failed.extend(unknown.map(|(path, _)| format!("policy/policy.yaml has {path}, which is no key")));
    none_failed(&failed);
}

/// The path up to and with its name: `provenance.sources.<name>`.
fn below(key: &str) -> &str {
    key.find(".<name>").and_then(|at| key.get(..at + ".<name>".len())).unwrap_or(key)
}

#[test]
fn the_annotated_policy_compiles_with_its_examples() {
    let text = annotated::with_examples(&read("policy/policy.yaml").unwrap());
    compile("annotated", &text).unwrap_or_else(|why| panic!("{why}\n{text}"));
}
