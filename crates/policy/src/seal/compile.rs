use std::time::Duration;

use serde_saphyr::Spanned;

use super::Provenance;
use super::key::{Key, KeyRing};
use super::parameters::Parameters;
use super::rewrite::Rewrite;
use super::source::{Source, Sources, UNKNOWN};
use super::token::{KID_CHARACTERS, Scope, is_kid};
use crate::FileKind;
use crate::compile::Compiler;
use crate::document::{
    KeyDocument, ProvenanceDocument, RewriteDocument, ScopeDocument, SourceDocument, Table,
};
use crate::facts::host::HostPattern;

/// How far ahead a seal's time may be where the policy does not say.
const DEFAULT_SKEW: Duration = Duration::from_mins(5);
/// What the signer rounds down to where the source does not say.
const DEFAULT_GRANULARITY: Duration = Duration::from_hours(24);
/// Most keys of a ring: rotation needs two or three.
const MAX_KEYS: usize = 64;

impl Provenance {
    pub(crate) fn compile(section: &ProvenanceDocument, compiler: &mut Compiler<'_>) -> Self {
        Self {
            parameters: compile_parameters(section, compiler),
            hosts: HostPattern::compile_all(&section.hosts, "provenance.hosts", compiler),
            skew: match &section.skew {
                Some(skew) => compiler.duration(skew, "provenance.skew").unwrap_or(DEFAULT_SKEW),
                None => DEFAULT_SKEW,
            },
            keys: compile_keys(&section.keys, compiler),
            sources: compile_sources(&section.sources, compiler),
            rewrites: (section.rewrites.iter().enumerate())
                .filter_map(|(n, rewrite)| compile_rewrite(n, rewrite, compiler))
                .collect(),
        }
    }
}

fn compile_parameters(section: &ProvenanceDocument, compiler: &mut Compiler<'_>) -> Parameters {
    let names = &section.parameters;
    let all = [&names.site, &names.generator, &names.format, &names.seal];
    compiler.unique("provenance.parameters", all.into_iter().chain(&section.strip));
    for name in all.into_iter().chain(&section.strip).filter(|name| name.value.is_empty()) {
        compiler.note(name, "provenance.parameters", "the name of a parameter cannot be empty");
    }
    Parameters {
        site: names.site.value.as_str().into(),
        generator: names.generator.value.as_str().into(),
        format: names.format.value.as_str().into(),
        seal: names.seal.value.as_str().into(),
        strip: section.strip.iter().map(|name| name.value.as_str().into()).collect(),
    }
}

fn compile_keys(keys: &[KeyDocument], compiler: &mut Compiler<'_>) -> KeyRing {
    compiler.unique("provenance.keys", keys.iter().map(|key| &key.id));
    if let Some(key) = keys.get(MAX_KEYS) {
        compiler.note(&key.id, "provenance.keys", format!("more than {MAX_KEYS} keys"));
    }
    if let Some(second) = keys.iter().filter(|key| key.sign).nth(1) {
        compiler
            .note(&second.id, "provenance.keys", "a second key with sign: true; one key signs, all verify")
            .hint("set sign: true on the newest key alone");
    }
    KeyRing::new(keys.iter().enumerate().filter_map(|(n, key)| compile_key(n, key, compiler)).collect())
}

fn compile_key(n: usize, key: &KeyDocument, compiler: &mut Compiler<'_>) -> Option<Key> {
    if !is_kid(&key.id.value) {
        let message = format!(
            "\"{}\" is not the id of a key; expected 1 to {KID_CHARACTERS} of A-Z a-z 0-9 _",
            key.id.value
        );
        compiler.note(&key.id, format!("provenance.keys[{n}].id"), message);
    }
    let file = compiler.named_file(&key.file.value, FileKind::Key);
    match Key::read(&key.id.value, &file, key.sign) {
        Ok(key) => Some(key),
        Err(why) => {
            let message = format!("cannot use the key file {}: {why}", file.display());
            compiler.note(&key.file, format!("provenance.keys[{n}].file"), message).hint(why.remedy());
            None
        }
    }
}

fn compile_sources(sources: &Table<SourceDocument>, compiler: &mut Compiler<'_>) -> Sources {
    let generators = sources.0.iter().flat_map(|(_, source)| &source.generators);
    compiler.unique("provenance.sources", generators);
    Sources::new(
        sources.0.iter().filter_map(|(name, source)| compile_source(name, source, compiler)).collect(),
    )
}

fn compile_source(
    name: &Spanned<String>,
    source: &SourceDocument,
    compiler: &mut Compiler<'_>,
) -> Option<Source> {
    let key = format!("provenance.sources.{}", name.value);
    if name.value == UNKNOWN {
        compiler.note(
            name,
            &key,
            format!("\"{UNKNOWN}\" is what generators go by that no source names; choose another name"),
        );
    }
    let max_age = compiler.duration(&source.max_age, format!("{key}.max_age"));
    let granularity = match &source.granularity {
        Some(granularity) => compiler.duration(granularity, format!("{key}.granularity")),
        None => Some(DEFAULT_GRANULARITY),
    };
    for (n, generator) in
        source.generators.iter().enumerate().filter(|(_, generator)| generator.value.is_empty())
    {
        compiler.note(
            generator,
            format!("{key}.generators[{n}]"),
            "a generator without a name is one that is absent",
        );
    }
    let (max_age, granularity) = (max_age?, granularity?);
    if max_age < granularity {
        let message = format!(
            "\"{}\" is shorter than the granularity of {} s: a URL would be stale as soon as it is signed",
            source.max_age.value,
            granularity.as_secs()
        );
        compiler
            .note(&source.max_age, format!("{key}.max_age"), message)
            .hint("set a shorter granularity for this source");
    }
    Some(Source {
        name: compiler.name(name, &key),
        generators: source.generators.iter().map(|generator| generator.value.as_str().into()).collect(),
        max_age,
        granularity,
        scope: match source.scope {
            ScopeDocument::Path => Scope::Path,
            ScopeDocument::File => Scope::File,
        },
    })
}

fn compile_rewrite(n: usize, rewrite: &RewriteDocument, compiler: &mut Compiler<'_>) -> Option<Rewrite> {
    match Rewrite::compile(&rewrite.pattern.value, &rewrite.replacement.value) {
        Ok(rewrite) => Some(rewrite),
        Err(why) => {
            let (value, key) = match why {
                super::rewrite::RewriteError::Pattern(_) => (&rewrite.pattern, "pattern"),
                _ => (&rewrite.replacement, "replacement"),
            };
            compiler.note(value, format!("provenance.rewrites[{n}].{key}"), why);
            None
        }
    }
}
