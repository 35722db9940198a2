/// Elements that have no end tag, as far as the page has them.
const VOID: [&str; 1] = ["meta"];

/// Panics unless `page` is a whole page: each tag one of ours, each that begins ended in order, and no `<` or `&` that is not
/// the page's own.
pub(super) fn check(page: &str) {
    let mut rest = page.strip_prefix("<!doctype html>").expect("a doctype");
    let mut open = Vec::new();
    while let Some((text, from_tag)) = rest.split_once('<') {
        check_references(text);
        assert!(!text.contains('>'), "a raw > in {text:?}");
        let (tag, after) = from_tag.split_once('>').expect("a tag that ends");
        check_references(tag);
        let name = tag.split(' ').next().unwrap();
        match name.strip_prefix('/') {
            Some(ended) => assert_eq!(open.pop(), Some(ended), "in {page}"),
            None => {
                assert!(OURS.contains(&name), "a tag of somebody else: {tag}");
                assert_eq!(tag.matches('"').count() % 2, 0, "an attribute without end: {tag}");
                if !VOID.contains(&name) {
                    open.push(name);
                }
            }
        }
        rest = after;
    }
    assert_eq!((rest, open), ("", Vec::new()), "in {page}");
}

/// Every element of the page.
const OURS: [&str; 19] = [
    "html", "head", "meta", "title", "style", "body", "main", "nav", "p", "h1", "h2", "a", "code", "dl",
    "div", "dt", "dd", "ul", "li",
];

fn check_references(text: &str) {
    for reference in text.split('&').skip(1) {
        let known = ["amp;", "lt;", "gt;", "quot;", "#39;"];
        assert!(known.iter().any(|name| reference.starts_with(name)), "a raw & in {text:?}");
    }
}
