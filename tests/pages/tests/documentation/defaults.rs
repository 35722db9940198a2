//! The defaults that the reference states are those of the code: a policy with the default written out is the one without the key.

use pages::read;
use pages::reference::{Key, annotated, sections};
use policy::Policy;
use serde_json::Value;

use crate::folder::Folder;
use crate::none_failed;

#[test]
fn a_default_that_is_written_out_changes_nothing() {
    let text = annotated::with_examples(&read("policy/policy.yaml").unwrap());
    let policy: Value = serde_saphyr::from_str(&text).unwrap();
    let sections = sections("PolicyDocument").unwrap();
    let keys = sections.iter().flat_map(|section| &section.keys);
    let (mut failed, mut compared) = (Vec::new(), 0);
    for (key, default) in keys.filter_map(|key| Some((key, literal(key)?))) {
        let (mut without, mut written) = (policy.clone(), policy.clone());
        let found = edit(&mut without, &key.path, None) && edit(&mut written, &key.path, Some(default));
        assert!(found, "{}: not in the annotated policy", key.path);
        let [without, written] = [without, written].map(|policy| described(&key.path, &text, &policy));
        compared += 1;
        if without != written {
            failed.push(format!("{}: the default is not {:?}", key.path, key.default));
        }
    }
    assert!(compared > 25, "{compared} defaults compared");
    none_failed(&failed);
}

/// A default that is nothing but a value of YAML: `64`, not "the count of `rate`".
fn literal(key: &Key) -> Option<Value> {
    let text = key.default.as_deref()?.strip_prefix('`')?.strip_suffix('`')?;
    (!text.contains('`')).then(|| serde_saphyr::from_str(text).unwrap())
}

/// Sets or removes the first key at a path of the reference; whether there is one.
fn edit(value: &mut Value, path: &str, to: Option<Value>) -> bool {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let (name, lists) = first.split_once("[]").map_or((first, false), |(name, _)| (name, true));
    let Value::Object(mapping) = value else { return false };
    let Some(rest) = rest else {
        let found = mapping.remove(name).is_some();
        if let Some(to) = to.filter(|_| found) {
            mapping.insert(name.to_owned(), to);
        }
        return found;
    };
    let below: Vec<&mut Value> = match name {
        "<name>" => mapping.values_mut().collect(),
        name => mapping.get_mut(name).into_iter().collect(),
    };
    let mut entries = below.into_iter().flat_map(|value| {
        if lists {
            value.as_array_mut().map_or(Vec::new(), |list| list.iter_mut().collect())
        } else {
            vec![value]
        }
    });
    entries.any(|entry| edit(entry, rest, to.clone()))
}

/// Everything that a policy is, with the files that `annotated` names. JSON is YAML.
fn described(path: &str, annotated: &str, policy: &Value) -> String {
    let folder = Folder::with_files_of(&format!("default-{path}"), annotated);
    let file = folder.path().join("policy.yaml");
    std::fs::write(&file, policy.to_string()).unwrap();
    match Policy::load(&file) {
        // In any order: that of a hash table is another each time.
        Ok(policy) => {
            let described = format!("{policy:#?}");
            let mut lines: Vec<_> = described.lines().map(str::trim).collect();
            lines.sort_unstable();
            lines.join("\n")
        }
        // A rule that lost its `block: true` has no action: refused either way, by the same words.
        Err(why) => why.to_string().split_once(": ").map_or_else(String::new, |(_, why)| why.to_owned()),
    }
}
