//! What comes of the sample, kept as text. `UPDATE=1 cargo test -p ctl --test import_requestctl` writes it anew: read the
//! difference before you commit it.

use std::path::Path;

use serde_json::Value;

use crate::command::{import, stderr, stdout, vectors};

/// Compares with what is kept.
fn is_kept(name: &str, text: &str) {
    let path = vectors().join("expected").join(name);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), text, "{}", path.display());
}

fn sample() -> std::path::PathBuf {
    vectors().join("sample")
}

#[test]
fn the_policy_its_files_and_the_report_are_those_that_are_kept() {
    let target = tempfile::tempdir().unwrap();
    let folder = target.path().join("made");
    let output = import(&sample(), &["--cluster", "cache-text", "--output-dir", folder.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    is_kept("report.txt", &stderr(&output));
    let written = stdout(&output);
    let written: Vec<&Path> = written.lines().map(Path::new).collect();
    assert_eq!(written.len(), 3);
    for file in written {
        let name = file.strip_prefix(&folder).unwrap();
        is_kept(name.to_str().unwrap(), &std::fs::read_to_string(file).unwrap());
    }
}

#[test]
fn for_a_program_all_of_it_is_one_object_and_every_field_is_accounted_for() {
    let output = import(&sample(), &["--cluster", "cache-text", "--json"]);
    assert_eq!((output.status.code(), stderr(&output)), (Some(0), String::new()));
    let mut answer: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let files = answer.as_object_mut().unwrap().remove("files").unwrap();
    assert!(
        files[0]["name"] == "policy.yaml" && files[0]["text"].as_str().unwrap().contains("100.64.39.0/24")
    );
    is_kept("report.json", &format!("{answer:#}\n"));

    let mut fields = 0;
    for object in answer["objects"].as_array().unwrap() {
        let file = sample().join(object["file"].as_str().unwrap());
        let yaml: Value = serde_saphyr::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        for name in yaml.as_object().unwrap().keys() {
            let account = object["fields"].as_array().unwrap().iter().find(|field| field["name"] == **name);
            let account = account.unwrap_or_else(|| panic!("{}: {name}", file.display()));
            assert!(!account["why"].as_str().unwrap().is_empty());
            fields += 1;
        }
    }
    assert!(fields > 150, "{fields}");
}

#[test]
fn the_page_shows_lines_of_what_is_kept() {
    let page = vectors().join("../../../docs/import-requestctl.md");
    let page = std::fs::read_to_string(page).unwrap();
    let mut shown = 0;
    for (language, kept) in [("text", "report.txt"), ("yaml", "policy.yaml")] {
        let kept = std::fs::read_to_string(vectors().join("expected").join(kept)).unwrap();
        for fragment in page.split(&format!("```{language}\n")).skip(1) {
            let mut rest = kept.lines();
            for line in fragment.split("```").next().unwrap().lines().filter(|line| !line.is_empty()) {
                assert!(rest.any(|other| other == line), "not in this order in what is kept: {line}");
                shown += 1;
            }
        }
    }
    assert!(shown > 45, "{shown}");
}

#[test]
fn what_is_made_is_a_policy_by_itself() {
    let target = tempfile::tempdir().unwrap();
    let folder = target.path().to_str().unwrap();
    assert!(import(&sample(), &["--cluster", "cache-text", "--output-dir", folder]).status.success());
    policy::Policy::load(&target.path().join("policy.yaml")).unwrap();
}
