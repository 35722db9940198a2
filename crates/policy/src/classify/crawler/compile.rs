use std::collections::{HashMap, HashSet};
use std::num::NonZeroU32;

use ipnet::IpNet;
use limits::Quota;
use serde_saphyr::Spanned;

use super::{Crawler, Crawlers, MAX_CRAWLERS};
use crate::classify::network::{Extent, PrefixTable, RangeFile, RangeFiles, Shortest, parse_prefix};
use crate::classify::user_agent::substrings::{HEAD_BYTES, Substrings};
use crate::classify::user_agent::{MAX_PATTERN_BYTES, MAX_PATTERNS};
use crate::compile::Compiler;
use crate::decide::limit::compile_rate;
use crate::document::CrawlerDocument;
use crate::verdict::Place;

impl Crawlers {
    pub(crate) fn compile(
        sections: &[CrawlerDocument],
        files: &mut RangeFiles,
        compiler: &mut Compiler<'_>,
    ) -> Self {
        compiler.unique("crawlers", sections.iter().map(|section| &section.id));
        let (mut crawlers, mut named) = (Vec::new(), Vec::new());
        for (n, section) in sections.iter().enumerate() {
            let key = format!("crawlers[{n}]");
            let id = compiler.identifier(&section.id, format!("{key}.id"));
            let mut ranges = Ranges { key: &key, prefixes: HashSet::new() };
            ranges.add_cidrs(&section.cidrs, compiler);
            named.extend(ranges.add_file(section, files, compiler));
            let quota = compile_quota(section, &key, compiler);
            let prefixes = PrefixTable::new(ranges.prefixes.into_iter().map(|net| (net, 0)));
            let place = Place::of(&key, &section.id);
            crawlers.push(Crawler { id, quota, place, prefixes });
        }
        if let Some(one_too_many) = sections.get(MAX_CRAWLERS) {
            let message = format!("{} crawlers; at most {MAX_CRAWLERS}", sections.len());
            compiler.note(&one_too_many.id, "crawlers", message);
        }
        Self { crawlers, user_agents: compile_user_agents(sections, compiler), files: named }
    }
}

/// The prefixes of one crawler. A prefix that is listed twice counts once.
struct Ranges<'k> {
    key: &'k str,
    prefixes: HashSet<IpNet>,
}

impl Ranges<'_> {
    fn add_cidrs(&mut self, cidrs: &[Spanned<String>], compiler: &mut Compiler<'_>) {
        for (m, cidr) in cidrs.iter().enumerate() {
            match parse_prefix(&cidr.value).and_then(|net| Shortest::CLIENT.check(net)) {
                Ok(net) => drop(self.prefixes.insert(net)),
                Err(why) => {
                    why.note(cidr, format!("{}.cidrs[{m}]", self.key), compiler);
                    break;
                }
            }
        }
    }

    /// Adds what the section's file lists, and returns the file.
    fn add_file(
        &mut self,
        section: &CrawlerDocument,
        files: &mut RangeFiles,
        compiler: &mut Compiler<'_>,
    ) -> Option<RangeFile> {
        let key = self.key;
        let Some(file) = &section.file else {
            if section.cidrs.is_empty() {
                let message = format!(
                    "\"{}\" has neither cidrs nor a file: nobody could be verified",
                    section.id.value
                );
                compiler.note(&section.id, key, message);
            }
            return None;
        };
        let ranged = files.read(file, format!("{key}.file"), compiler)?;
        for entry in &ranged.entries {
            match Shortest::CLIENT.check(entry.net) {
                Ok(net) => drop(self.prefixes.insert(net)),
                Err(why) => {
                    ranged.note(*entry, why, compiler);
                    return None;
                }
            }
        }
        if let Err(why) = check_extent(&Extent::of(ranged.entries.iter().map(|entry| entry.net))) {
            let message = format!("{} {why}", ranged.file.path.display());
            compiler
                .note(file, format!("{key}.file"), message)
                .hint("a crawler sends from few: look whether these are the ranges of a whole provider");
        }
        Some(ranged.file.clone())
    }
}

/// Most addresses of one file: those of an IPv4 /12 and of an IPv6 /28.
///
/// In August 2026 Googlebot published 5,056 IPv4 addresses, Bingbot 4,736 and OpenAI's crawlers 41,216; the whole network of Meta
/// had 542,720 (a /13) and nearly an IPv6 /28. The clouds that crawlers run in have more: Google's 22 million, Amazon's 102 million.
const MAX_EXTENT: (u128, u128) = (1 << 20, 1 << 100);

fn check_extent(extent: &Extent) -> Result<(), String> {
    match extent.addresses() {
        (v4, _) if v4 > MAX_EXTENT.0 => {
            Err(format!("lists {v4} IPv4 addresses in all; expected at most {} (a /12)", MAX_EXTENT.0))
        }
        (_, v6) if v6 > MAX_EXTENT.1 => {
            Err("lists more IPv6 addresses than a /28 has; expected at most those".to_owned())
        }
        _ => Ok(()),
    }
}

fn compile_quota(section: &CrawlerDocument, key: &str, compiler: &mut Compiler<'_>) -> Option<Quota> {
    let Some(rate) = &section.rate else {
        if let Some(burst) = &section.burst {
            compiler.note(burst, format!("{key}.burst"), "a burst needs a rate");
        }
        return None;
    };
    let burst = section.burst.as_ref().map(|burst| NonZeroU32::new(burst.value));
    if let (Some(burst), Some(None)) = (&section.burst, burst) {
        compiler.note(burst, format!("{key}.burst"), "0 would refuse every request; expected 1 or more");
    }
    let key = format!("{key}.rate");
    let parsed = compile_rate(rate, &key, compiler)?;
    match Quota::new(parsed, burst.flatten().unwrap_or(parsed.count())) {
        Ok(quota) => Some(quota),
        Err(why) => {
            compiler.note(rate, key, why);
            None
        }
    }
}

/// The user agents of all crawlers, each with the position of its crawler as label.
fn compile_user_agents(sections: &[CrawlerDocument], compiler: &mut Compiler<'_>) -> Substrings {
    let mut owners = HashMap::new();
    for (n, section) in sections.iter().enumerate() {
        let key = format!("crawlers[{n}].user_agents");
        if section.user_agents.is_empty() {
            compiler.note(&section.id, &key, format!("\"{}\" has no user agent", section.id.value));
        }
        for (m, text) in section.user_agents.iter().enumerate() {
            if let Err(message) = check_user_agent(&text.value) {
                compiler.note(text, format!("{key}[{m}]"), message);
            } else if let Some(first) = owners.insert(text.value.as_str(), n) {
                let first = sections.get(first).map_or("", |section| &section.id.value);
                let message = format!("\"{}\" is a user agent of \"{first}\" already", text.value);
                compiler.note(text, format!("{key}[{m}]"), message);
            }
        }
        if owners.len() > MAX_PATTERNS {
            compiler.note(&section.id, &key, format!("more than {MAX_PATTERNS} user agents in all"));
            break;
        }
    }
    let labelled = owners.into_iter().filter_map(|(text, n)| Some((text, u8::try_from(n).ok()?)));
    Substrings::new(labelled)
}

fn check_user_agent(text: &str) -> Result<(), String> {
    let allowed = |byte: u8| matches!(byte, b' '..=b'~') && !byte.is_ascii_uppercase();
    if (HEAD_BYTES..=MAX_PATTERN_BYTES).contains(&text.len()) && text.bytes().all(allowed) {
        return Ok(());
    }
    Err(format!(
        "\"{text}\" cannot be looked for; expected {HEAD_BYTES} to {MAX_PATTERN_BYTES} printable ASCII bytes in lower case"
    ))
}
