//! Patterns of classes that take browsers for something else, or nothing at all.

use std::collections::{BTreeSet, HashMap};

use serde_saphyr::Spanned;

use super::WarningKind::{PatternTakesBrowsers, PatternUnreachable};
use super::browsers::{Browser, browsers};
use super::checker::Checker;
use crate::classify::user_agent::{ClassesFile, UaClass, takes_precedence};
use crate::error::At;

/// A pattern of the file of classes.
struct Pattern<'c> {
    class: UaClass,
    name: &'c str,
    list: &'static str,
    index: usize,
    text: &'c Spanned<String>,
}

impl Pattern<'_> {
    fn key(&self) -> String {
        format!("{}.{}[{}]", self.name, self.list, self.index)
    }

    fn is_product(&self) -> bool {
        self.list == PRODUCTS
    }

    fn matches(&self, browser: &Browser) -> bool {
        if self.is_product() { browser.product() == self.text.value } else { browser.has(&self.text.value) }
    }
}

const PRODUCTS: &str = "products";
const CONTAINS: &str = "contains";

impl<'c> Checker<'c> {
    pub(super) fn check_patterns(&mut self) {
        let Some(file) = self.classes else { return };
        let patterns = self.patterns(file);
        self.check_browsers(&patterns, file);
        self.check_precedence(&patterns, file);
    }

    fn patterns(&self, file: &'c ClassesFile) -> Vec<Pattern<'c>> {
        let mut patterns = Vec::new();
        for (name, document) in &file.document.0 {
            let Some(class) = self.policy.user_agents.class(&name.value) else { continue };
            for (list, texts) in [(PRODUCTS, &document.products), (CONTAINS, &document.contains)] {
                let texts = texts.iter().enumerate();
                patterns.extend(texts.map(|(index, text)| Pattern {
                    class,
                    name: &name.value,
                    list,
                    index,
                    text,
                }));
            }
        }
        patterns
    }

    /// Each browser whose class comes from a pattern, and is not `browser`.
    fn check_browsers(&mut self, patterns: &[Pattern<'c>], file: &ClassesFile) {
        let mut taken: HashMap<usize, (&'static str, usize)> = HashMap::new();
        let mut count: usize = 0;
        for browser in browsers() {
            count = count.saturating_add(1);
            let class = self.policy.user_agents.classify(Some(browser.user_agent().as_bytes()), None).class;
            if class == UaClass::BROWSER {
                continue;
            }
            let guilty = patterns
                .iter()
                .enumerate()
                .filter(|(_, pattern)| pattern.class == class && pattern.matches(&browser));
            for (n, _) in guilty {
                let (_, times) = taken.entry(n).or_insert((browser.user_agent(), 0));
                *times = times.saturating_add(1);
            }
        }
        for (n, pattern) in patterns.iter().enumerate() {
            let Some((example, times)) = taken.get(&n) else { continue };
            let message = format!(
                "\"{}\" makes \"{}\" of {times} of {count} real browsers, such as: {example}",
                pattern.text.value, pattern.name
            );
            let at = At::value(&file.path, pattern.text.referenced);
            self.warn_at(PatternTakesBrowsers, at, pattern.key(), message)
                .hint("write a text that no browser has: the name with its slash, or more words");
        }
    }

    /// Each pattern that has a text in it which is enough for a class that takes precedence, or for its own.
    fn check_precedence(&mut self, patterns: &[Pattern<'c>], file: &ClassesFile) {
        let contains: HashMap<&str, &Pattern<'_>> = patterns
            .iter()
            .filter(|pattern| !pattern.is_product())
            .map(|pattern| (&*pattern.text.value, pattern))
            .collect();
        let lengths: BTreeSet<usize> = contains.keys().map(|text| text.len()).collect();
        for pattern in patterns {
            let text = pattern.text.value.as_str();
            let parts = lengths.iter().flat_map(|length| {
                (0..text.len()).filter_map(move |at| text.get(at..at.saturating_add(*length)))
            });
            let shorter = parts.filter_map(|part| contains.get(part)).find(|shorter| {
                !std::ptr::eq(**shorter, pattern)
                    && (shorter.class == pattern.class || takes_precedence(shorter.class, pattern.class))
            });
            if let Some(shorter) = shorter {
                let message = format!(
                    "\"{text}\" decides nothing: \"{}\" of \"{}\" (line {}) takes each user agent that has it",
                    shorter.text.value,
                    shorter.name,
                    shorter.text.referenced.line()
                );
                let at = At::value(&file.path, pattern.text.referenced);
                self.warn_at(PatternUnreachable, at, pattern.key(), message)
                    .hint("take it out, or make the other one longer");
            }
        }
    }
}
