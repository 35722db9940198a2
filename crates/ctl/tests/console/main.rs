//! What pages show of provenancectl is what it prints: each `console` block is run, and compared.
//!
//! A block runs in a scratch folder, which stands for `/etc/provenance` and has the shipped policy, with what lies in
//! `tests/console/<page>` over it. What a command prints, on either stream, follows its `$` line; an exit code other than 0 stands
//! at the end as `[exit 1]`. `UPDATE=1 cargo test -p ctl --test console` writes the pages anew.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what a helper of a test expects holds, or the test has failed"
)]

mod page;
mod scratch;

use std::path::{Path, PathBuf};

use page::Page;
use scratch::Scratch;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Files of a folder that end in `.md`, in their order.
fn pages(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut pages: Vec<_> = entries.filter(|path| path.extension().is_some_and(|end| end == "md")).collect();
    pages.sort();
    pages
}

#[test]
fn every_page_shows_what_is_printed() {
    let repository = repository();
    let mut files = pages(&repository.join("docs"));
    files.push(repository.join("README.md"));
    files.extend(pages(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/console")));
    let (mut commands, mut wrong) = (0, Vec::new());
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let page = Page::parse(&text);
        if page.commands().next().is_none() {
            continue;
        }
        let scratch = Scratch::new(&repository, file.file_stem().unwrap().to_str().unwrap());
        commands += page.commands().count();
        let actual = page.run(|command| scratch.run(command));
        if actual == text {
            continue;
        }
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&file, actual).unwrap();
        } else {
            wrong.push(format!("{}:\n{}", file.display(), page::difference(&text, &actual)));
        }
    }
    assert!(commands >= 15, "only {commands} commands are shown");
    assert!(wrong.is_empty(), "UPDATE=1 writes what is printed:\n{}", wrong.join("\n"));
}
