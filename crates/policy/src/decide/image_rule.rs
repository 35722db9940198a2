//! Rules by what the URL of an image proves: its status, source and age, and the page that embeds it.

mod coverage;

use std::time::Duration;

use limits::Quota;
use serde_saphyr::Spanned;

use super::case::Case;
use super::limit::{Limit, compile_rate};
use super::open::MAX_OWN_LIMITS;
use crate::compile::Compiler;
use crate::document::{ImageRuleDocument, ProvenanceDocument, RefererKind};
use crate::facts::PathPattern;
use crate::facts::host::{HostPattern, without_port};
use crate::seal::SealStatus;
use crate::verdict::Rule;

/// Most rules with a rate: beside them there is room for the stages of a class.
const MAX_RATES: usize = MAX_OWN_LIMITS - 2;

/// `provenance.rules`, compiled; the first that fits and is not in shadow decides.
#[derive(Debug, Default)]
pub(crate) struct ImageRules {
    rules: Vec<ImageRule>,
    /// Sites whose pages embed the images.
    sites: Box<[HostPattern]>,
}

/// Conditions all of which must hold, and what follows.
#[derive(Debug)]
pub(crate) struct ImageRule {
    pub(crate) rule: Rule,
    /// Bits by the position in [`SealStatus::ALL`].
    statuses: u16,
    /// Empty: any.
    sources: Box<[Box<str>]>,
    /// Empty: any.
    paths: Box<[PathPattern]>,
    older_than: Option<Duration>,
    referer: Option<RefererKind>,
    pub(crate) action: ImageAction,
    pub(crate) shadow: bool,
}

/// What a rule does.
#[derive(Debug)]
pub(crate) enum ImageAction {
    /// Let pass without counting it.
    Free,
    /// Refuse.
    Block,
    /// Count against a rate.
    Rate(Box<Limit>),
}

impl ImageRules {
    /// The rules that fit a request, in their order.
    pub(crate) fn fitting<'r>(&'r self, case: &Case<'_, '_>) -> impl Iterator<Item = &'r ImageRule> {
        self.rules.iter().filter(|rule| rule.fits(case, &self.sites))
    }

    /// The rules, in the order of the policy.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &ImageRule> {
        self.rules.iter()
    }

    pub(crate) fn rules_mut(&mut self) -> impl Iterator<Item = &mut Rule> {
        self.rules.iter_mut().flat_map(|rule| {
            let counted = match &mut rule.action {
                ImageAction::Rate(limit) => Some(&mut limit.rule),
                ImageAction::Free | ImageAction::Block => None,
            };
            std::iter::once(&mut rule.rule).chain(counted)
        })
    }
}

impl ImageRule {
    fn fits(&self, case: &Case<'_, '_>, sites: &[HostPattern]) -> bool {
        let image = &case.client.provenance;
        self.statuses & bit(image.status) != 0
            && (self.sources.is_empty()
                || image.source.is_some_and(|source| self.sources.iter().any(|of| **of == *source)))
            && self.older_than.is_none_or(|least| image.age.is_some_and(|age| age > least.as_secs()))
            && self.referer.is_none_or(|referer| referer == kind_of_referer(case, sites))
            && (self.paths.is_empty() || self.fits_path(case))
            && (!matches!(self.action, ImageAction::Free) || case.asks_for_an_image_alone)
    }

    /// A path that may lead elsewhere is freed of nothing, and refused what the path that it resembles is.
    fn fits_path(&self, case: &Case<'_, '_>) -> bool {
        self.paths.iter().any(|path| match self.action {
            ImageAction::Free => path.holds(case.path()),
            ImageAction::Block | ImageAction::Rate(_) => path.resembles(case.path()),
        })
    }
}

/// Whose page a request says that it comes from. What is no http or https URL is nobody's of ours.
fn kind_of_referer(case: &Case<'_, '_>, sites: &[HostPattern]) -> RefererKind {
    let Some(referer) = case.request.headers.browser_hints().referer.map(<[u8]>::trim_ascii) else {
        return RefererKind::Absent;
    };
    if referer.is_empty() {
        return RefererKind::Absent;
    }
    let rest = strip_scheme(referer, b"https://").or_else(|| strip_scheme(referer, b"http://"));
    let authority =
        rest.and_then(|rest| rest.split(|byte| matches!(byte, b'/' | b'?' | b'#' | b'\\')).next());
    match authority.map(without_port) {
        // User information before an @ could hide whose host it is; browsers send none.
        Some(host) if !host.contains(&b'@') && sites.iter().any(|site| site.matches(host)) => {
            RefererKind::Own
        }
        _ => RefererKind::Foreign,
    }
}

fn strip_scheme<'u>(url: &'u [u8], scheme: &[u8]) -> Option<&'u [u8]> {
    let (start, rest) = url.split_at_checked(scheme.len())?;
    start.eq_ignore_ascii_case(scheme).then_some(rest)
}

fn bit(status: SealStatus) -> u16 {
    let position = SealStatus::ALL.iter().position(|known| *known == status);
    position.and_then(|at| u32::try_from(at).ok()).and_then(|at| 1_u16.checked_shl(at)).unwrap_or(0)
}

impl ImageRules {
    pub(crate) fn compile(section: &ProvenanceDocument, compiler: &mut Compiler<'_>) -> Self {
        compiler.unique("provenance.rules", section.rules.iter().map(|rule| &rule.name));
        let sites = HostPattern::compile_all(&section.sites, "provenance.sites", compiler);
        let mut rates = section.rules.iter().filter(|rule| rule.rate.is_some());
        if let Some(rule) = rates.nth(MAX_RATES) {
            let message = format!("more than {MAX_RATES} rules with a rate");
            compiler.note(&rule.name, "provenance.rules", message);
        }
        let rules = section.rules.iter().enumerate();
        let compiled =
            rules.filter_map(|(n, rule)| compile(rule, &format!("provenance.rules[{n}]"), section, compiler));
        Self { rules: compiled.collect(), sites }
    }
}

fn compile(
    document: &ImageRuleDocument,
    key: &str,
    section: &ProvenanceDocument,
    compiler: &mut Compiler<'_>,
) -> Option<ImageRule> {
    let name = compiler.identifier(&document.name, format!("{key}.name"));
    let reason = format!("image.{name}");
    if document.statuses.is_empty() {
        compiler.note(&document.name, key, format!("\"{name}\" names no status, so it concerns nothing"));
    }
    if let Some(referer) = document.referer.as_ref().filter(|_| section.sites.is_empty())
        && referer.value != RefererKind::Absent
    {
        let message = "no site is named in provenance.sites, so every Referer would be foreign";
        compiler
            .note(referer, format!("{key}.referer"), message)
            .hint("name your own: [example.org, \"*.example.org\"]");
    }
    let statuses = compile_statuses(&document.statuses, key, compiler);
    check_sources(&document.sources, key, section, compiler);
    let older_than = document.older_than.as_ref();
    let rule = Rule::new(&reason, None, key, &document.name);
    let action = compile_action(document, &rule, key, compiler);
    Some(ImageRule {
        rule,
        statuses,
        sources: document.sources.iter().map(|source| source.value.as_str().into()).collect(),
        paths: PathPattern::compile_all(
            &document.paths,
            &format!("{key}.paths"),
            compiler,
            PathPattern::compile,
        ),
        older_than: older_than.and_then(|age| compiler.duration(age, format!("{key}.older_than"))),
        referer: document.referer.as_ref().map(|referer| referer.value),
        action: action?,
        shadow: document.shadow,
    })
}

fn compile_statuses(names: &[Spanned<String>], key: &str, compiler: &mut Compiler<'_>) -> u16 {
    let mut statuses = 0;
    for (n, name) in names.iter().enumerate() {
        let all = SealStatus::ALL;
        match all.into_iter().find(|status| status.as_str() == name.value) {
            Some(status) => statuses |= bit(status),
            None => {
                let known = all.map(SealStatus::as_str);
                let message = format!("no status \"{}\"; expected one of {}", name.value, known.join(", "));
                compiler.note(name, format!("{key}.statuses[{n}]"), message).did_you_mean(&name.value, known);
            }
        }
    }
    statuses
}

fn check_sources(
    names: &[Spanned<String>],
    key: &str,
    section: &ProvenanceDocument,
    compiler: &mut Compiler<'_>,
) {
    let known: Vec<&str> = section.sources.0.iter().map(|(name, _)| &*name.value).collect();
    for (n, name) in names.iter().enumerate().filter(|(_, name)| !known.contains(&&*name.value)) {
        let message = format!("no source \"{}\" in provenance.sources", name.value);
        compiler
            .note(name, format!("{key}.sources[{n}]"), message)
            .did_you_mean(&name.value, known.iter().copied());
    }
}

fn compile_action(
    document: &ImageRuleDocument,
    rule: &Rule,
    key: &str,
    compiler: &mut Compiler<'_>,
) -> Option<ImageAction> {
    match (&document.rate, document.block, document.free) {
        (Some(rate), false, false) => {
            let quota = Quota::from(compile_rate(rate, &format!("{key}.rate"), compiler)?);
            let limit = Limit::by_address(&rule.reason, rule.clone(), quota, document.shadow);
            Some(ImageAction::Rate(Box::new(limit)))
        }
        (None, true, false) => Some(ImageAction::Block),
        (None, false, true) => Some(ImageAction::Free),
        _ => {
            let message = "a rule has one of rate, block: true and free: true";
            compiler.note(&document.name, key, message);
            None
        }
    }
}
