//! A page: its fragments, links and anchors.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use crate::{Error, read, repository};

/// A Markdown file of the checkout.
#[derive(Debug)]
pub struct Page {
    /// Its path below the root of the checkout.
    pub path: PathBuf,
    /// Its code blocks, in order.
    pub fences: Vec<Fence>,
    /// Its links and images, in order.
    pub links: Vec<Link>,
    /// What may stand behind `#` in a link to it, as GitHub makes it of headings.
    pub anchors: BTreeSet<String>,
}

/// A code block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fence {
    /// `docs/stages.md:6`.
    pub place: String,
    /// First word behind the fence; empty where there is none.
    pub language: String,
    /// The words behind it, which say what the fragment is a part of.
    pub part: String,
    /// The fragment.
    pub text: String,
}

/// A link or an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// `docs/stages.md:6`.
    pub place: String,
    /// Where it leads, as it is written.
    pub to: String,
}

/// Every page of the checkout, by path: all `.md` files except in what is built and in folders whose names begin with a dot.
///
/// # Errors
/// If a folder or a page cannot be read.
pub fn pages() -> Result<Vec<Page>, Error> {
    let mut paths = Vec::new();
    find(&repository(), Path::new(""), &mut paths)?;
    paths.sort();
    paths.iter().map(|path| Ok(Page::parse(path, &read(path)?))).collect()
}

fn find(root: &Path, below: &Path, found: &mut Vec<PathBuf>) -> Result<(), Error> {
    let problem = |why: std::io::Error| Error::new(below.display().to_string(), why);
    for entry in std::fs::read_dir(root.join(below)).map_err(problem)? {
        let entry = entry.map_err(problem)?;
        let (name, kind) = (entry.file_name(), entry.file_type().map_err(problem)?);
        let (path, name) = (below.join(&name), name.to_string_lossy());
        if kind.is_dir() && !name.starts_with('.') && name != "target" {
            find(root, &path, found)?;
        } else if kind.is_file() && name.ends_with(".md") {
            found.push(path);
        }
    }
    Ok(())
}

impl Page {
    /// Reads the text of the page at `path`.
    #[must_use]
    pub fn parse(path: &Path, text: &str) -> Self {
        let mut page =
            Self { path: path.to_owned(), fences: Vec::new(), links: Vec::new(), anchors: BTreeSet::new() };
        let (mut fence, mut heading) = (None::<Fence>, None::<String>);
        for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
            let place = || {
                let before = text.get(..range.start).unwrap_or_default();
                format!("{}:{}", path.display(), before.matches('\n').count() + 1)
            };
            match event {
                Event::Start(Tag::CodeBlock(kind)) => fence = Some(Fence::new(place(), &kind)),
                Event::End(TagEnd::CodeBlock) => page.fences.extend(fence.take()),
                Event::Start(Tag::Link { dest_url: to, .. } | Tag::Image { dest_url: to, .. }) => {
                    page.links.push(Link { place: place(), to: to.into_string() });
                }
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => page.add_anchor(&heading.take().unwrap_or_default()),
                Event::Text(text) | Event::Code(text) => {
                    if let Some(fence) = &mut fence {
                        fence.text.push_str(&text);
                    } else if let Some(heading) = &mut heading {
                        heading.push_str(&text);
                    }
                }
                _ => {}
            }
        }
        page
    }

    /// GitHub's anchor of a heading: in lower case, without punctuation, with hyphens for spaces; numbered where it is taken.
    fn add_anchor(&mut self, heading: &str) {
        let slug: String = heading
            .to_lowercase()
            .chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
            .map(|c| if c == ' ' { '-' } else { c })
            .collect();
        let numbered = (1..).map(|n| format!("{slug}-{n}"));
        let free = std::iter::once(slug.clone()).chain(numbered).find(|slug| !self.anchors.contains(slug));
        self.anchors.extend(free);
    }
}

impl Fence {
    fn new(place: String, kind: &CodeBlockKind<'_>) -> Self {
        let info = match kind {
            CodeBlockKind::Fenced(info) => info.trim(),
            CodeBlockKind::Indented => "",
        };
        let (language, part) = info.split_once(' ').unwrap_or((info, ""));
        Self { place, language: language.to_owned(), part: part.trim().to_owned(), text: String::new() }
    }

    /// The place as a name of a file.
    #[must_use]
    pub fn name(&self) -> String {
        self.place.replace(['/', ':'], "-")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> Page {
        Page::parse(Path::new("docs/a.md"), text)
    }

    #[test]
    fn a_fragment_knows_its_line_its_language_and_what_it_is_a_part_of() {
        let page = page("# A\n\n- one:\n\n  ```haproxy frontend\n  acl a always_true\n  ```\n");
        let fence = Fence {
            place: "docs/a.md:5".to_owned(),
            language: "haproxy".to_owned(),
            part: "frontend".to_owned(),
            text: "acl a always_true\n".to_owned(),
        };
        assert_eq!(page.fences, [fence]);
    }

    #[test]
    fn anchors_are_those_of_github() {
        let page = page("## HAProxy's chroot\n## `limits[].rate`: a\n## A\n## A\n```sh\n# no heading\n```\n");
        let anchors: Vec<_> = page.anchors.iter().map(String::as_str).collect();
        assert_eq!(anchors, ["a", "a-1", "haproxys-chroot", "limitsrate-a"]);
    }

    #[test]
    fn links_are_those_of_text_and_tables_not_those_of_code() {
        let page = page("[a](b.md#c) `[x](y)` ![p](p.svg)\n\n| t |\n|---|\n| [d](e) |\n");
        let links: Vec<_> = page.links.iter().map(|link| link.to.as_str()).collect();
        assert_eq!(links, ["b.md#c", "p.svg", "e"]);
    }
}
