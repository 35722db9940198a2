//! The cases of `tests/vectors/verdicts`: requests, and what is to be said of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

/// Fields that a case speaks of: one that it leaves out must not be there. What the others hold depends on more than the request.
pub const FIELDS: [&str; 17] = [
    "action",
    "status",
    "reason",
    "tier",
    "ua_class",
    "contact",
    "client",
    "subject",
    "session",
    "session_class",
    "labels",
    "provenance",
    "source",
    "site",
    "generator",
    "format",
    "would",
];

/// A request, and what is to be said of it.
pub struct Case {
    file: String,
    json: Value,
}

impl Case {
    /// All cases, in the order of their files.
    pub fn all() -> Vec<Self> {
        let mut files: Vec<PathBuf> = std::fs::read_dir(vectors())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "jsonl"))
            .collect();
        files.sort();
        let cases = |path: &PathBuf| {
            let file = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let text = std::fs::read_to_string(path).unwrap();
            let case = |line: &str| Self { file: file.clone(), json: serde_json::from_str(line).unwrap() };
            text.lines().map(case).collect::<Vec<_>>()
        };
        files.iter().flat_map(cases).collect()
    }

    /// File and name.
    pub fn name(&self) -> String {
        format!("{}: {}", self.file, self.text("name").unwrap())
    }

    /// A part of the request, if it has it.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.json.get(key).map(|value| value.as_str().unwrap())
    }

    /// Whether the request came over TLS, if that is known.
    pub fn tls(&self) -> Option<bool> {
        self.json.get("tls").map(|value| value.as_bool().unwrap())
    }

    /// The header lines, in their order.
    pub fn headers(&self) -> Vec<(&str, &str)> {
        let headers = self.json["headers"].as_object().unwrap().iter();
        let lines = headers.flat_map(|(name, value)| {
            let lines = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
            lines.iter().map(|line| (name.as_str(), line.as_str().unwrap()))
        });
        lines.collect()
    }

    fn expect(&self) -> &Map<String, Value> {
        self.json["expect"].as_object().unwrap()
    }

    /// What is to be said in a field, if anything.
    pub fn expected(&self, field: &str) -> Option<String> {
        self.expect().get(field).map(|value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        })
    }

    /// What `fields` says otherwise than the case, a line each.
    pub fn differences(&self, fields: &BTreeMap<String, String>) -> Vec<String> {
        let mut differences = Vec::new();
        for name in FIELDS {
            let expected = self.expected(name);
            let actual =
                fields.get(name).map(|value| if name == "would" { without_code(value) } else { value });
            if expected.as_deref() != actual {
                differences.push(format!("{name}: expected {expected:?}, actual {actual:?}"));
            }
        }
        let bound = |key: &str| self.expect().get(key).map(|bound| bound.as_u64().unwrap());
        let bounds = bound("browser_score_min").zip(bound("browser_score_max"));
        let score = fields.get("browser_score").map(|score| score.parse().unwrap());
        match (bounds, score) {
            (None, None) => {}
            (Some((least, most)), Some(score)) if (least..=most).contains(&score) => {}
            other => differences.push(format!("browser_score: (expected, actual) = {other:?}")),
        }
        differences
    }
}

/// The folder of the vectors.
pub fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().find_map(with_vectors).unwrap()
}

fn with_vectors(root: &Path) -> Option<PathBuf> {
    Some(root.join("tests/vectors/verdicts")).filter(|folder| folder.is_dir())
}

/// `deny ua.cli 4a0f2b1` without the code, which names a rule of one policy file.
fn without_code(would: &str) -> &str {
    would.rsplit_once(' ').map_or(would, |(rule, _)| rule)
}
