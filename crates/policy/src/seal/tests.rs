//! Runs the vectors of `tests/vectors/seal`, which bind every implementation.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use super::key::{Key, KeyRing};
use super::parameters::Parameters;
use super::rewrite::Rewrite;
use super::source::{Source, Sources};
use super::strip::split_query;
use super::{HostPattern, Provenance, Scope, SealStatus, SignError, SignRequest};
use crate::Timestamp;

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/seal")
}

fn read(file: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
}

fn configs() -> BTreeMap<String, Provenance> {
    let configs = read(&vectors().join("config.json"));
    configs.as_object().unwrap().iter().map(|(name, config)| (name.clone(), provenance(config))).collect()
}

/// Every case, with the file that it stands in.
fn cases() -> Vec<(String, Value)> {
    let mut cases = Vec::new();
    for entry in std::fs::read_dir(vectors()).unwrap() {
        let file = entry.unwrap().path();
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        if name != "config.json" {
            cases.extend(read(&file).as_array().unwrap().iter().map(|case| (name.clone(), case.clone())));
        }
    }
    cases
}

fn texts(value: &Value) -> impl Iterator<Item = &str> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap())
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn provenance(config: &Value) -> Provenance {
    let text = |value: &Value| Box::from(value.as_str().unwrap());
    let seconds = |value: &Value| Duration::from_secs(value.as_u64().unwrap());
    let names = &config["parameters"];
    let keys = config["keys"].as_object().unwrap().iter().map(|(id, secret)| {
        Key::new(id, &hex(secret.as_str().unwrap()), *id == config["signing_key"].as_str().unwrap()).unwrap()
    });
    let sources = config["sources"].as_object().unwrap().iter().map(|(name, source)| Source {
        name: name.as_str().into(),
        generators: texts(&source["generators"]).map(Box::from).collect(),
        max_age: seconds(&source["max_age"]),
        granularity: seconds(&source["granularity"]),
        scope: scope(&source["scope"]).unwrap(),
    });
    let hosts = texts(&config["hosts"]).map(|host| match host.strip_prefix('*') {
        Some(suffix) => HostPattern::Below(suffix.into()),
        None => HostPattern::Exactly(host.into()),
    });
    Provenance {
        parameters: Parameters {
            site: text(&names["site"]),
            generator: text(&names["generator"]),
            format: text(&names["format"]),
            seal: text(&names["seal"]),
            strip: texts(&config["strip"]).map(Box::from).collect(),
        },
        hosts: hosts.collect(),
        skew: seconds(&config["skew"]),
        keys: KeyRing::new(keys.collect()),
        sources: Sources::new(sources.collect()),
        rewrites: (config["rewrites"].as_array().unwrap().iter())
            .map(|rule| Rewrite::compile(rule[0].as_str().unwrap(), rule[1].as_str().unwrap()).unwrap())
            .collect(),
    }
}

fn scope(letter: &Value) -> Option<Scope> {
    letter.as_str().and_then(|letter| Scope::from_letter(letter.chars().next()?))
}

/// The bytes of a key that stands as text, or as `<key>_hex`.
fn bytes(case: &Value, key: &str) -> Vec<u8> {
    match case[key].as_str() {
        Some(text) => text.as_bytes().to_vec(),
        None => hex(case[&format!("{key}_hex")].as_str().unwrap()),
    }
}

#[test]
fn verifies_and_strips_as_the_vectors_say() {
    let configs = configs();
    let mut checked = 0;
    for (file, case) in cases().iter().filter(|(_, case)| case.get("sign").is_none()) {
        let what = format!("{file}: {}", case["name"].as_str().unwrap());
        let provenance = &configs[case["config"].as_str().unwrap()];
        let (host, target) = (bytes(case, "host"), bytes(case, "target"));
        let (path, query) =
            split_query(&target).map_or((&target[..], None), |(path, query)| (path, Some(query)));
        let now = Timestamp::from_seconds(case["now"].as_u64().unwrap());
        let image = provenance.verify(&host, path, query, now);

        let expected = &case["expect"];
        assert_eq!(image.status.as_str(), expected["status"].as_str().unwrap(), "{what}");
        assert_eq!(image.site.as_deref(), expected["site"].as_str(), "{what}: site");
        assert_eq!(image.generator.as_deref(), expected["generator"].as_str(), "{what}: generator");
        assert_eq!(image.format.as_deref(), expected["format"].as_str(), "{what}: format");
        assert_eq!(image.source, expected["source"].as_str(), "{what}: source");
        assert_eq!(image.age, expected["age"].as_u64(), "{what}: age");
        assert_eq!(image.is_fresh(), image.status == SealStatus::Valid, "{what}: fresh");

        let stripped = provenance.strip(&target);
        assert_eq!(
            stripped.escape_ascii().to_string(),
            bytes(expected, "stripped").escape_ascii().to_string(),
            "{what}"
        );
        checked += 1;
    }
    assert!(checked >= 60, "only {checked} cases");
}

#[test]
fn signs_as_the_vectors_say() {
    let configs = configs();
    let mut checked = 0;
    for (file, case) in cases().iter().filter(|(_, case)| case.get("sign").is_some()) {
        let what = format!("{file}: {}", case["name"].as_str().unwrap());
        let provenance = &configs[case["config"].as_str().unwrap()];
        let sign = &case["sign"];
        let text = |key: &str| sign[key].as_str();
        let (Some(url), Some(site), Some(generator), Some(format), Some(source)) =
            (text("url"), text("site"), text("generator"), text("format"), text("source"))
        else {
            // A value that is not UTF-8 cannot be spelled in Rust.
            assert!(sign.as_object().unwrap().keys().any(|key| key.ends_with("_hex")), "{what}");
            continue;
        };
        let request = SignRequest {
            url,
            host: text("host"),
            site,
            generator,
            format,
            source,
            scope: scope(&sign["scope"]),
        };
        let now = Timestamp::from_seconds(sign["now"].as_u64().unwrap());
        match (provenance.sign(&request, now), &case["expect"]["error"]) {
            (Ok(signed), Value::Null) => {
                assert_eq!(signed, case["expect"]["url"].as_str().unwrap(), "{what}")
            }
            (Err(why), expected) => assert_eq!(Some(error_name(&why)), expected.as_str(), "{what}: {why}"),
            (Ok(signed), expected) => panic!("{what}: expected the error {expected}, got {signed}"),
        }
        checked += 1;
    }
    assert!(checked >= 20, "only {checked} cases");
}

/// The name that the vectors have for an error.
fn error_name(why: &SignError) -> &'static str {
    match why {
        SignError::NoSigningKey => "no_signing_key",
        SignError::UnknownSource(_) => "unknown_source",
        SignError::ForeignGenerator { .. } => "unknown_generator",
        SignError::ControlCharacter(_) => "control_character",
        SignError::TooLong(_) => "too_long",
        SignError::Host | SignError::Path => "url",
        SignError::WithoutProvenance(_) => "foreign_host",
    }
}

#[test]
fn a_signed_url_is_valid_until_it_is_stale() {
    let configs = configs();
    let provenance = &configs["default"];
    let request = SignRequest {
        url: "https://upload.example.org/wikipedia/commons/a/a9/Example.jpg?a=b",
        host: None,
        site: "en.wikipedia.org",
        generator: "share",
        format: "original",
        source: "share",
        scope: None,
    };
    let now = Timestamp::from_seconds(1_795_176_000);
    let signed = provenance.sign(&request, now).unwrap();
    let target = signed.strip_prefix("https://upload.example.org").unwrap();
    let (path, query) = split_query(target.as_bytes()).unwrap();
    let status = |seconds| {
        let now = now.plus(Duration::from_secs(seconds));
        provenance.verify(b"upload.example.org", path, Some(query), now).status
    };
    assert_eq!(status(0), SealStatus::Valid);
    assert_eq!(status(3600), SealStatus::Valid);
    assert_eq!(status(3601), SealStatus::Stale);
}

#[test]
fn debug_output_gives_no_secret_away() {
    let printed = format!("{:?}", configs()["default"]);
    assert!(printed.contains("k1") && !printed.contains("Hmac"), "{printed}");
    let seal = super::token::Seal::parse(b"1e.k1.1795132800.Z0f0DyCib9hYozTpinjkAQ").unwrap();
    assert_eq!(format!("{seal:?}"), "Seal(1e.k1.1795132800.…)");
}

#[test]
fn the_shipped_policy_seals_as_the_page_and_the_vectors_do() {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy/policy.yaml");
    let policy = crate::Policy::load(&shipped).unwrap_or_else(|why| panic!("{why}"));
    let (shipped, vectors) = (policy.provenance().unwrap(), &configs()["default"]);
    assert_eq!(format!("{:?}", shipped.parameters), format!("{:?}", vectors.parameters));
    assert_eq!(shipped.skew, vectors.skew);
    for source in ["web", "api", "dumps", "share"] {
        let described = |provenance: &Provenance| format!("{:?}", provenance.sources.named(source));
        assert_eq!(described(shipped), described(vectors));
    }
    let read = |file| std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let (page, yaml) = (read("../../docs/seal.md"), read("../../policy/policy.yaml"));
    let pattern = yaml
        .lines()
        .find_map(|line| line.trim().strip_prefix("- pattern: '"))
        .unwrap()
        .trim_end_matches('\'');
    assert!(page.contains(pattern), "docs/seal.md does not have the pattern that ships");
}
