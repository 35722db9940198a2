//! What Chromium makes of the page that `provenancectl replay --report` writes.
//!
//! Where there is no Chromium the tests fail, unless `PROVENANCE_WITHOUT_CHROMIUM=1` says that this is known.

#![allow(clippy::unwrap_used, reason = "what a helper of a test expects holds, or the test has failed")]

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::Parser as _;
use ctl::{Cli, Console};
use e2e::Error;
use e2e::webdriver::{Browser, View};
use serde_json::{Value, json};

const VIEWS: [View; 4] = [
    View { width: 400, height: 800, color_scheme: "light" },
    View { width: 400, height: 800, color_scheme: "dark" },
    View { width: 1200, height: 800, color_scheme: "light" },
    View { width: 1200, height: 800, color_scheme: "dark" },
];

/// Who asks, and how often: a name that would be a script, one without a space, and ones that the shipped policy refuses.
const CALLERS: [(&str, u32); 5] = [
    ("Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0", 60),
    ("<script>window.owned = true</script>", 9),
    (
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        2,
    ),
    ("python-requests/2.32.3", 12),
    ("okhttp/4.12.0", 30),
];

/// A browser that shows the page of a log.
struct Reader {
    browser: Browser,
    folder: PathBuf,
}

impl Reader {
    /// None where it is known that there is no browser.
    fn open(name: &str) -> Result<Option<Self>, Error> {
        if !Browser::is_installed() {
            let known = std::env::var_os("PROVENANCE_WITHOUT_CHROMIUM").is_some_and(|value| value == "1");
            assert!(
                known,
                "no chromium, or no chromedriver: scripts/setup test installs chromium and chromium-driver"
            );
            // Not `eprintln!`, which nobody sees of a test that passes.
            drop(writeln!(io::stderr(), "PROVENANCE_WITHOUT_CHROMIUM=1: did not look at the report"));
            return Ok(None);
        }
        let folder =
            PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (log, page) = (folder.join("access.log"), folder.join("out.html"));
        std::fs::write(&log, access_log()).unwrap();
        report(&log, &page);
        let browser = Browser::start()?;
        browser.navigate(&format!("file://{}", page.display()))?;
        Ok(Some(Self { browser, folder }))
    }

    fn ask(&self, script: &str) -> Value {
        self.browser.execute(script).unwrap()
    }

    /// The first cells of the table below a heading, row by row.
    fn names(&self, heading: &str) -> Value {
        self.ask(&format!(
            "{} return [...table.tBodies[0].rows].map(row => row.cells[0].textContent);",
            table(heading)
        ))
    }

    fn click(&self, heading: &str, column: &str) {
        self.ask(&format!(
            "{} [...table.tHead.querySelectorAll('button')].find(button => button.textContent === '{column}').click();",
            table(heading)
        ));
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Finds the table below a heading that begins so.
fn table(heading: &str) -> String {
    format!(
        "const section = [...document.querySelectorAll('section')].find(s => s.querySelector('h2')?.textContent.startsWith('{heading}'));
        const table = section.querySelector('table');"
    )
}

/// A day, in the order of its times.
fn access_log() -> String {
    let mut lines = Vec::new();
    for (n, (user_agent, count)) in CALLERS.iter().enumerate() {
        for request in 0..*count {
            let (hour, minute) = (request % 24, request % 60);
            let line = format!(
                "192.0.2.{n} - - [19/Nov/2026:{hour:02}:{minute:02}:00 +0000] \"GET /page-{request}?token=s3cret HTTP/1.1\" 200 12 \"-\" \"{user_agent}\"\n"
            );
            lines.push((hour, minute, line));
        }
    }
    lines.sort();
    let mut log: String = lines.into_iter().map(|(_, _, line)| line).collect();
    log.push_str("<b onclick=alert(1)>this is not a line</b>\n");
    log
}

fn report(log: &Path, page: &Path) {
    let policy = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy/policy.yaml");
    let [log, page, policy] = [log, page, &policy].map(|path| path.to_str().unwrap());
    let cli = Cli::parse_from(["provenancectl", "replay", "--policy", policy, "--report", page, log]);
    ctl::run(cli.command, &mut Console::new(io::sink(), false)).unwrap();
}

#[test]
fn the_page_has_the_numbers_and_sorts_them_by_a_click() {
    let Some(reader) = Reader::open("report-numbers").unwrap() else { return };
    let tile = |name: &str| {
        reader.ask(&format!(
            "return [...document.querySelectorAll('.tile')].find(t => t.querySelector('.name').textContent === '{name}').querySelector('.count').textContent"
        ))
    };
    assert_eq!(
        (tile("requests"), tile("deny (403)"), tile("allow")),
        (json!("113"), json!("42"), json!("71"))
    );
    assert_eq!(tile("newly refused browsers"), json!("0"));

    assert_eq!(reader.names("By class"), json!(["library_default", "browser", "other"]));
    reader.click("By class", "requests");
    assert_eq!(reader.names("By class"), json!(["browser", "library_default", "other"]));
    reader.click("By class", "requests");
    assert_eq!(reader.names("By class"), json!(["other", "library_default", "browser"]));
    reader.click("By class", "class");
    assert_eq!(reader.names("By class"), json!(["browser", "library_default", "other"]));
    let sorted =
        "return [...document.querySelectorAll('[aria-sort]')].map(th => th.textContent + ' ' + th.ariaSort)";
    assert_eq!(reader.ask(sorted), json!(["class ascending"]));
    assert_eq!(
        reader.names("Newly refused: user agents"),
        json!(["okhttp/4.12.0", "python-requests/2.32.3"])
    );
    let columns = "return [...document.querySelectorAll('svg.time g')].length";
    assert_eq!(reader.ask(columns), json!(24), "one for each hour");
}

#[test]
fn no_view_of_the_page_is_wider_than_the_screen_and_the_console_is_quiet() {
    let Some(reader) = Reader::open("report-views").unwrap() else { return };
    for view in VIEWS {
        reader.browser.set_view(view).unwrap();
        let width = reader.ask("return document.documentElement.scrollWidth").as_u64().unwrap();
        assert!(width <= view.width.into(), "{width} in {view:?}");
        let ground = reader.ask("return getComputedStyle(document.body).backgroundColor");
        let expected = if view.color_scheme == "dark" { "rgb(21, 24, 27)" } else { "rgb(255, 255, 255)" };
        assert_eq!(ground, expected, "its style applies in {view:?}");
    }
    let loaded = "return performance.getEntriesByType('resource').map(entry => entry.name)";
    assert_eq!(reader.ask(loaded), json!([]));
    assert_eq!(reader.browser.console().unwrap(), Vec::<String>::new());
}

#[test]
fn what_clients_wrote_is_text_and_no_other_script_would_run() {
    let Some(reader) = Reader::open("report-hostile").unwrap() else { return };
    assert_eq!(
        reader.ask("return [document.scripts.length, document.querySelectorAll('b').length]"),
        json!([1, 0])
    );
    assert_eq!(reader.names("User agents").as_array().unwrap().len(), CALLERS.len());
    let text = reader.ask("return document.body.textContent");
    let text = text.as_str().unwrap();
    assert!(text.contains("<script>window.owned = true</script>") && !text.contains("s3cret"), "{text}");
    let injected =
        "const script = document.createElement('script'); script.textContent = 'window.owned = true';
        document.body.append(script); return window.owned === undefined";
    assert_eq!(reader.ask(injected), json!(true));
    let printed = reader.browser.console().unwrap().join("\n");
    assert!(printed.contains("Content Security Policy"), "the console says that it was refused: {printed}");
}
