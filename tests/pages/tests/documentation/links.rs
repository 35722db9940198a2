//! Links within the project lead somewhere.

use std::path::{Component, Path, PathBuf};

use pages::{Link, Page, repository};

use crate::{all, none_failed};

#[test]
fn every_link_within_the_project_leads_to_a_file_and_a_heading() {
    let links = all().iter().flat_map(|page| page.links.iter().map(move |link| (page, link)));
    let failed: Vec<_> = links.filter_map(|(page, link)| problem(page, link)).collect();
    none_failed(&failed);
}

#[test]
fn every_page_of_the_docs_can_be_reached_from_the_readme() {
    let mut reached = vec![PathBuf::from("README.md")];
    let mut next = 0;
    while let Some(path) = reached.get(next).cloned() {
        next += 1;
        let Some(page) = all().iter().find(|page| page.path == path) else { continue };
        for (target, _) in page.links.iter().filter_map(|link| target(&page.path, &link.to)) {
            if !reached.contains(&target) {
                reached.push(target);
            }
        }
    }
    let docs = all().iter().map(|page| &page.path).filter(|path| path.starts_with("docs"));
    let missing: Vec<_> = docs.filter(|path| !reached.contains(path)).collect();
    assert!(missing.is_empty(), "no way leads from README.md to {missing:?}");
}

fn problem(page: &Page, link: &Link) -> Option<String> {
    let (path, anchor) = target(&page.path, &link.to)?;
    let wrong = |why: &str| Some(format!("{}: {}: {why}", link.place, link.to));
    if path.starts_with("..") || !repository().join(&path).exists() {
        return wrong("no such file");
    }
    let anchor = anchor?;
    match all().iter().find(|page| page.path == path) {
        None => wrong("an anchor in what is no page"),
        Some(page) if !page.anchors.contains(&anchor) => wrong("no such heading"),
        Some(_) => None,
    }
}

/// The file below the root of the checkout that a link leads to, and the heading in it; `None` for one that leaves the project.
fn target(from: &Path, to: &str) -> Option<(PathBuf, Option<String>)> {
    if to.contains("://") || to.starts_with("mailto:") {
        return None;
    }
    let (path, anchor) =
        to.split_once('#').map_or((to, None), |(path, anchor)| (path, Some(anchor.to_owned())));
    if path.is_empty() {
        return Some((from.to_owned(), anchor));
    }
    let mut target = from.parent().unwrap_or(from).to_owned();
    for part in Path::new(path).components() {
        match part {
            Component::ParentDir if target.pop() => {}
            Component::Normal(name) => target.push(name),
            Component::CurDir => {}
            _ => return Some((PathBuf::from(".."), anchor)),
        }
    }
    Some((target, anchor))
}
