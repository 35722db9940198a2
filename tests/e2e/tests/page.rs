//! What Chromium makes of the page that a refused reader sees.
//!
//! Where there is no Chromium the tests fail, unless `PROVENANCE_WITHOUT_CHROMIUM=1` says that this is known.

use std::io::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr};

use e2e::ask::{BROWSER, LIBRARY};
use e2e::webdriver::{AccessibleNode, Browser, View};
use e2e::{Ask, Chain, Error, Setup};
use serde_json::Value;

/// A phone and a desk, by day and by night.
const VIEWS: [View; 4] = [
    View { width: 360, height: 800, color_scheme: "light" },
    View { width: 360, height: 800, color_scheme: "dark" },
    View { width: 1280, height: 800, color_scheme: "light" },
    View { width: 1280, height: 800, color_scheme: "dark" },
];

/// Who looks: a user agent that the policy below refuses, and the status that it gets.
#[derive(Clone, Copy, Debug)]
struct Page {
    user_agent: &'static str,
    status: u16,
}

/// 120 characters without a space.
const LONG: &str = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
const LONG_USER_AGENT: Page = Page { user_agent: LONG, status: 403 };
const LIMITED: Page = Page { user_agent: BROWSER, status: 429 };
const PAGES: [Page; 4] = [
    LONG_USER_AGENT,
    LIMITED,
    Page { user_agent: LIBRARY, status: 403 },
    Page { user_agent: "MediaWiki/1.43.0", status: 403 },
];

const POLICY: &str = "
user_agents:
  classes: user-agents.yaml
  stages:
    library_default: [{ from: 2025-08-25, block: true }]
    mediawiki: [{ from: 2025-08-25, block: true }]
    other: [{ from: 2025-08-25, block: true }]
limits: [{ name: ip, key: ip, rate: 1/h }]
errors:
  title: Example & Sons
  links:
    - { text: Status of our services, url: \"https://status.example.org/\" }
    - { text: How to use the API, url: \"https://example.org/api/?a=1&b=2\" }
    - { text: Imprint, url: \"https://example.org/imprint\" }
";

/// A browser, and the chain that refuses it.
struct Reader {
    browser: Browser,
    chain: Chain,
}

impl Reader {
    /// None where it is known that there is no browser.
    fn start() -> Result<Option<Self>, Error> {
        if Browser::is_installed() {
            let chain = Chain::start(&Setup::written(POLICY).patient())?;
            // The one request in an hour that a browser at this address has.
            Ask::new(IpAddr::V4(Ipv4Addr::LOCALHOST), BROWSER).send(&chain)?;
            return Ok(Some(Self { browser: Browser::start()?, chain }));
        }
        let known = std::env::var_os("PROVENANCE_WITHOUT_CHROMIUM").is_some_and(|value| value == "1");
        assert!(
            known,
            "no chromium, or no chromedriver: scripts/setup test installs chromium and chromium-driver"
        );
        // Not `eprintln!`, which nobody sees of a test that passes.
        drop(writeln!(io::stderr(), "PROVENANCE_WITHOUT_CHROMIUM=1: did not look at the page"));
        Ok(None)
    }

    fn url(&self) -> String {
        format!("http://{}/wiki/Main_Page", self.chain.address)
    }

    fn open(&self, page: Page) -> Result<(), Error> {
        self.browser.set_user_agent(page.user_agent)?;
        self.browser.navigate(&self.url())
    }

    /// Opens each page in each view and has `check` look at it.
    fn in_each_view(&self, check: impl Fn(View, Page)) -> Result<(), Error> {
        for page in PAGES {
            self.open(page)?;
            for view in VIEWS {
                self.browser.set_view(view)?;
                check(view, page);
            }
        }
        Ok(())
    }
}

/// The elements that are wider than the screen, or than the box that clips them. A phone's browser zooms out until all is in view,
/// so that `innerWidth` says nothing.
fn too_wide(screen: u32) -> String {
    format!(
        "const wide = e => e.getBoundingClientRect().right > {screen} || (e.clientWidth && e.scrollWidth > e.clientWidth);
        const all = [document.documentElement, ...document.body.querySelectorAll('*')];
        return all.filter(wide).map(e => e.localName + ': ' + e.textContent.slice(0, 40));"
    )
}

#[test]
fn nothing_is_wider_than_the_screen() {
    let Some(reader) = Reader::start().unwrap() else { return };
    let browser = &reader.browser;
    reader
        .in_each_view(|view, page| {
            let wide = browser.execute(&too_wide(view.width)).unwrap();
            assert_eq!(wide, Value::Array(Vec::new()), "{page:?} in {view:?}");
        })
        .unwrap();
    reader.open(LONG_USER_AGENT).unwrap();
    let shown = browser.execute("return document.querySelector('.agent').textContent").unwrap();
    assert_eq!(shown, LONG, "the longest user agent is on a page");
}

/// Each text node with the contrast ratio of WCAG 2.2 between it and the first opaque background behind it, and its size.
const TEXTS: &str = r"
    const channels = color => color.match(/[\d.]+/g).map(Number);
    const linear = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
    const background = element => {
        for (let e = element; e; e = e.parentElement) {
            const color = channels(getComputedStyle(e).backgroundColor);
            if (color.length === 3 || color[3] === 1) return color;
            if (color[3] !== 0) throw new Error('half transparent');
        }
        throw new Error('no background');
    };
    const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const text = walker.currentNode.textContent.trim(), element = walker.currentNode.parentElement;
        if (!text) continue;
        const style = getComputedStyle(element);
        const [a, b] = [luminance(channels(style.color)), luminance(background(element))];
        found.push({ text, contrast: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), size: parseFloat(style.fontSize) });
    }
    return found;";

/// The texts of the page whose `measure` is below `least`; that there are texts at all is part of it.
fn texts_below(browser: &Browser, measure: &str, least: f64) -> Result<Vec<String>, Error> {
    let texts = browser.execute(TEXTS)?;
    let texts = texts.as_array().map(Vec::as_slice).unwrap_or_default();
    assert!(texts.len() > 10, "only {} texts", texts.len());
    // A text without the measure counts as one below it.
    let value = |text: &Value| text.get(measure).and_then(Value::as_f64).unwrap_or_default();
    let below = texts.iter().filter(|text| value(text) < least);
    Ok(below.map(|text| format!("{measure} {} of {text}", value(text))).collect())
}

#[test]
fn every_text_can_be_read_by_day_and_by_night() {
    let Some(reader) = Reader::start().unwrap() else { return };
    let browser = &reader.browser;
    reader
        .in_each_view(|view, page| {
            assert_eq!(
                texts_below(browser, "contrast", 4.5).unwrap(),
                Vec::<String>::new(),
                "{page:?} in {view:?}"
            );
            assert_eq!(
                texts_below(browser, "size", 16.0).unwrap(),
                Vec::<String>::new(),
                "{page:?} in {view:?}"
            );
        })
        .unwrap();
    browser.set_view(VIEWS[0]).unwrap();
    browser.execute("document.querySelector('h2').style.color = '#999'").unwrap();
    assert_eq!(texts_below(browser, "contrast", 4.5).unwrap().len(), 1, "grey on white is noticed");
}

#[test]
fn night_is_dark_and_day_is_light() {
    let Some(reader) = Reader::start().unwrap() else { return };
    let browser = &reader.browser;
    reader.open(LIMITED).unwrap();
    let background = |view| {
        browser.set_view(view).unwrap();
        browser.execute("return getComputedStyle(document.body).backgroundColor").unwrap()
    };
    assert_eq!(background(VIEWS[2]), "rgb(255, 255, 255)");
    assert_eq!(background(VIEWS[3]), "rgb(21, 24, 27)");
}

#[test]
fn a_screen_reader_hears_the_language_one_heading_a_main_part_and_where_each_link_leads() {
    let Some(reader) = Reader::start().unwrap() else { return };
    let browser = &reader.browser;
    reader.in_each_view(|view, page| {
        assert_eq!(browser.execute("return document.documentElement.lang").unwrap(), "en", "{page:?} in {view:?}");
        let tree = browser.accessibility_tree().unwrap();
        let names = |of: &dyn Fn(&AccessibleNode) -> bool| -> Vec<_> {
            tree.iter().filter(|node| of(node)).map(|node| node.name.as_str()).collect()
        };
        let headings = names(&|node| node.role == "heading" && node.level == Some(1));
        assert!(
            matches!(headings[..], [heading] if heading.starts_with("Request refused") || heading == "Too many requests"),
            "{headings:?} of {page:?} in {view:?}"
        );
        assert_eq!(names(&|node| node.role == "main").len(), 1, "{page:?} in {view:?}");
        assert_eq!(names(&|node| node.role == "navigation"), ["Further links"], "{page:?} in {view:?}");
        let links = [
            "noc@example.org",
            "https://example.org/policy",
            "Status of our services",
            "How to use the API",
            "Imprint",
        ];
        assert_eq!(names(&|node| node.role == "link"), links, "{page:?} in {view:?}");
    })
    .unwrap();
}

#[test]
fn no_script_runs_nothing_is_loaded_and_the_console_is_quiet() {
    let Some(reader) = Reader::start().unwrap() else { return };
    let browser = &reader.browser;
    for page in PAGES {
        reader.open(page).unwrap();
        let loaded = "return performance.getEntriesByType('resource').map(entry => entry.name)";
        assert_eq!(browser.execute(loaded).unwrap(), Value::Array(Vec::new()), "{page:?}");
        assert_eq!(browser.execute("return document.scripts.length").unwrap(), 0, "{page:?}");
        // Chromium prints the status of the page itself.
        let status =
            format!("Failed to load resource: the server responded with a status of {}", page.status);
        let mut printed = browser.console().unwrap();
        printed.retain(|line| !(line.starts_with(&reader.url()) && line.contains(&status)));
        assert_eq!(printed, Vec::<String>::new(), "{page:?}");
    }
    let image = "return new Promise(done => { Object.assign(new Image(), { onerror: () => done(), src: '/image.png' }) })";
    browser.execute(image).unwrap();
    let printed = browser.console().unwrap().join("\n");
    assert!(
        printed.contains("Content Security Policy"),
        "an image is refused, and the console says so: {printed}"
    );
}
