//! A token in a URL reaches no cache key.

use crate::policies::load;

#[test]
fn the_parameter_of_the_token_goes_with_those_of_the_seal() {
    let images = |yaml: &str| format!("{yaml}\nprovenance:\n  strip: [fbclid]\n");
    let policy = load("default.yaml", "stripping", images);
    assert_eq!(policy.sessions().unwrap().parameter(), Some("token"));
    for (url, stripped) in [
        ("/a?token=x", "/a"),
        ("/a?b=1&token=x&c=2&utm_source=d&fbclid=e", "/a?b=1&c=2"),
        ("/a?%74oken=x&token", "/a"),
        ("/a?tokens=x&Token=y", "/a?tokens=x&Token=y"),
        ("/token=x", "/token=x"),
    ] {
        assert_eq!(String::from_utf8_lossy(&policy.strip(url.as_bytes())), stripped, "{url}");
    }
}

#[test]
fn without_the_sections_nothing_is_stripped() {
    let policy = load("default.yaml", "not-stripping", |yaml| {
        yaml.lines()
            .filter(|line| !line.contains("query_parameter"))
            .map(|line| format!("{line}\n"))
            .collect()
    });
    assert_eq!(*policy.strip(b"/a?token=x&utm_source=b"), *b"/a?token=x&utm_source=b");
}
