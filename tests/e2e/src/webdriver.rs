//! A browser, driven over WebDriver (W3C) and, where that has no word for it, the Chrome DevTools Protocol.
//!
//! Chromium and chromedriver are those of the system. Both end with the [`Browser`] that holds them, however that ends, and all
//! that they write goes into a folder that goes with it.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, fs};

use serde_json::{Value, json};

use crate::folder::Folder;
use crate::http::{Answer, parse_head};
use crate::process::{Process, tied};
use crate::{Error, at};

/// How long the driver may take for one command; the start of a browser on a busy machine is the longest.
const PATIENCE: Duration = Duration::from_secs(60);

/// Chromium without a window, with one page.
#[derive(Debug)]
pub struct Browser {
    // Fields are dropped in this order: the driver ends before its folder goes.
    driver: Driver,
    _folder: Folder,
    session: String,
}

/// How wide the page is, and what the reader likes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// CSS pixels; below the 500 that are a window's least, too.
    pub width: u32,
    /// CSS pixels.
    pub height: u32,
    /// `prefers-color-scheme`: `light` or `dark`.
    pub color_scheme: &'static str,
}

/// A node of the accessibility tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessibleNode {
    /// Role, such as `heading`.
    pub role: String,
    /// What a screen reader says.
    pub name: String,
    /// Level of a heading.
    pub level: Option<u64>,
}

impl Browser {
    /// Whether the system has Chromium and its driver.
    #[must_use]
    pub fn is_installed() -> bool {
        on_path("chromium").is_some() && on_path("chromedriver").is_some()
    }

    /// Starts the browser with an empty page.
    ///
    /// # Errors
    /// If driver or browser do not start, with what they said.
    pub fn start() -> Result<Self, Error> {
        let folder = Folder::create()?;
        let driver = Driver::start(&folder)?;
        let capabilities = json!({ "capabilities": { "alwaysMatch": {
            "goog:chromeOptions": {
                "binary": tied_chromium(&folder)?,
                // Root has no sandbox, and a container often no /dev/shm; the pages are our own.
                "args": ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
            },
            "goog:loggingPrefs": { "browser": "ALL" },
            "timeouts": { "pageLoad": PATIENCE.as_millis(), "script": PATIENCE.as_millis() },
        } } });
        let created = driver.command("POST", "session", &capabilities)?;
        let session = text(&created, "/sessionId");
        Ok(Self { driver, _folder: folder, session })
    }

    /// Opens a page and waits until it is loaded.
    ///
    /// # Errors
    /// If it cannot be loaded in time.
    pub fn navigate(&self, url: &str) -> Result<(), Error> {
        self.command("url", &json!({ "url": url })).map(drop)
    }

    /// Runs the body of a function in the page and returns its value. The page's own policy for scripts does not apply.
    ///
    /// # Errors
    /// If it throws or does not end in time.
    pub fn execute(&self, script: &str) -> Result<Value, Error> {
        self.command("execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// Shows the page as in a window of that size, to a reader with that preference.
    ///
    /// # Errors
    /// If the browser refuses.
    pub fn set_view(&self, view: View) -> Result<(), Error> {
        let View { width, height, color_scheme } = view;
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500 });
        self.devtools("Emulation.setDeviceMetricsOverride", &metrics)?;
        let features = json!([{ "name": "prefers-color-scheme", "value": color_scheme }]);
        self.devtools("Emulation.setEmulatedMedia", &json!({ "features": features })).map(drop)
    }

    /// Sends this `User-Agent` from now on.
    ///
    /// # Errors
    /// If the browser refuses.
    pub fn set_user_agent(&self, user_agent: &str) -> Result<(), Error> {
        self.devtools("Emulation.setUserAgentOverride", &json!({ "userAgent": user_agent })).map(drop)
    }

    /// What assistive technology is told of the page, in its order.
    ///
    /// # Errors
    /// If the browser does not say.
    pub fn accessibility_tree(&self) -> Result<Vec<AccessibleNode>, Error> {
        let tree = self.devtools("Accessibility.getFullAXTree", &json!({}))?;
        let nodes = tree.get("nodes").and_then(Value::as_array).into_iter().flatten();
        Ok(nodes.filter(|node| node.get("ignored") != Some(&Value::Bool(true))).map(accessible).collect())
    }

    /// What the console printed since this was last asked.
    ///
    /// # Errors
    /// If the driver does not say.
    pub fn console(&self) -> Result<Vec<String>, Error> {
        let log = self.command("se/log", &json!({ "type": "browser" }))?;
        Ok(log.as_array().into_iter().flatten().map(|entry| text(entry, "/message")).collect())
    }

    fn devtools(&self, command: &str, parameters: &Value) -> Result<Value, Error> {
        self.command("goog/cdp/execute", &json!({ "cmd": command, "params": parameters }))
    }

    fn command(&self, command: &str, body: &Value) -> Result<Value, Error> {
        self.driver.command("POST", &format!("session/{}/{command}", self.session), body)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Chromium ends in order, and its profile goes with it; where it does not, it ends with the driver.
        drop(self.driver.command("DELETE", &format!("session/{}", self.session), &Value::Null));
    }
}

/// chromedriver, listening on loopback.
#[derive(Debug)]
struct Driver {
    address: SocketAddr,
    _process: Process,
}

impl Driver {
    fn start(folder: &Folder) -> Result<Self, Error> {
        let log = folder.join("chromedriver.log");
        let port = || port_of(&fs::read_to_string(&log).unwrap_or_default());
        let mut command = tied(Path::new("chromedriver"));
        // Profile, caches and crash reports lie in the folder.
        command.arg("--port=0").env("TMPDIR", folder.path()).env("HOME", folder.path());
        let process = Process::start("chromedriver", &mut command, folder.path(), || port().is_some())?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port().unwrap_or_default()));
        Ok(Self { address, _process: process })
    }

    /// Sends a command and returns the `value` of its answer (WebDriver section 6.5).
    fn command(&self, method: &str, command: &str, body: &Value) -> Result<Value, Error> {
        let failed = |why: String| Error::WebDriver { command: command.to_owned(), why };
        let answer = self.exchange(method, command, body).map_err(|why| failed(why.to_string()))?;
        let answer = answer.ok_or_else(|| failed("the answer is not HTTP/1.1".to_owned()))?;
        let mut content: Value =
            serde_json::from_slice(&answer.body).map_err(|why| failed(why.to_string()))?;
        match answer.status {
            200 => Ok(content.get_mut("value").map(Value::take).unwrap_or_default()),
            _ => Err(failed(text(&content, "/value/message"))),
        }
    }

    fn exchange(&self, method: &str, command: &str, body: &Value) -> std::io::Result<Option<Answer>> {
        let mut stream = TcpStream::connect_timeout(&self.address, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let (address, length) = (self.address, body.len());
        write!(
            stream,
            "{method} /{command} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        )?;
        read_answer(&stream)
    }
}

/// Reads an answer up to its `Content-Length`: the driver leaves the connection open, whatever it is asked.
fn read_answer(mut stream: &TcpStream) -> std::io::Result<Option<Answer>> {
    let (mut bytes, mut chunk) = (Vec::new(), vec![0; 64 * 1024]);
    loop {
        let length = stream.read(&mut chunk)?;
        bytes.extend_from_slice(chunk.get(..length).unwrap_or_default());
        let answer = parse_head(stream.local_addr()?, &bytes)
            .map(|(head, body)| Answer { body: body.to_vec(), ..head });
        if length == 0 || answer.as_ref().is_some_and(is_whole) {
            return Ok(answer);
        }
    }
}

fn is_whole(answer: &Answer) -> bool {
    answer.header("content-length").and_then(|length| length.parse().ok()) == Some(answer.body.len())
}

/// The port in `ChromeDriver was started successfully on port 35871.`
fn port_of(log: &str) -> Option<u16> {
    let (_, port) = log.split_once("started successfully on port ")?;
    port.split_once('.')?.0.parse().ok()
}

/// A program that is Chromium and ends with the thread of the driver that starts it: killed, the driver would leave it behind.
fn tied_chromium(folder: &Folder) -> Result<PathBuf, Error> {
    let file = folder.join("chromium");
    let script = "#!/bin/sh\nexec setpriv --pdeathsig KILL chromium \"$@\"\n";
    fs::write(&file, script).map_err(at(&file))?;
    fs::set_permissions(&file, fs::Permissions::from_mode(0o700)).map_err(at(&file))?;
    Ok(file)
}

fn on_path(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(program)).find(|path| path.is_file())
}

fn accessible(node: &Value) -> AccessibleNode {
    let properties = node.get("properties").and_then(Value::as_array).into_iter().flatten();
    let level = properties.filter(|property| text(property, "/name") == "level");
    AccessibleNode {
        role: text(node, "/role/value"),
        name: text(node, "/name/value"),
        level: level.filter_map(|property| property.pointer("/value/value")?.as_u64()).next(),
    }
}

fn text(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}
