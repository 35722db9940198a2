//! What the pages show compiles, leads somewhere, and does what they say.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what a helper of a test expects holds, or the test has failed"
)]

mod folder;

mod defaults;
mod fences;
mod links;
mod reference;

mod commands;
mod haproxy;
mod policies;
mod vcl;

mod four_weeks;

mod picture;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use pages::{Fence, Page};
use vtc::Artifacts;

/// Every page of the checkout.
fn all() -> &'static [Page] {
    static PAGES: OnceLock<Vec<Page>> = OnceLock::new();
    PAGES.get_or_init(|| pages::pages().unwrap())
}

/// The fragments of all pages in a language.
fn fragments(language: &str) -> Vec<&'static Fence> {
    let found: Vec<_> =
        all().iter().flat_map(|page| &page.fences).filter(|fence| fence.language == language).collect();
    assert!(
        !found.is_empty(),
        "no page has a fragment of {language}: are there none, or are they not found?"
    );
    found
}

/// The fragments of one page in a language, in order.
fn fragments_of(page: &str, language: &str) -> Vec<&'static Fence> {
    let page = all().iter().find(|candidate| candidate.path == Path::new(page)).unwrap();
    page.fences.iter().filter(|fence| fence.language == language).collect()
}

/// The VMOD and the agent, built.
fn artifacts() -> &'static Artifacts {
    static BUILT: OnceLock<Artifacts> = OnceLock::new();
    let target = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    BUILT.get_or_init(|| Artifacts::build(&pages::repository(), target.parent().unwrap()).unwrap())
}

/// What failed of many, together.
fn none_failed(failed: &[String]) {
    assert!(failed.is_empty(), "\n{}", failed.join("\n\n"));
}
