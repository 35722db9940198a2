//! docs/four-weeks.md: what the policy of each week does, and that its commands find it in HAProxy's log.

use std::fs;
use std::net::IpAddr;
use std::process::Command;

use e2e::{Ask, Chain, Setup};
use limits::{Seed, Table};
use pages::{read, repository};
use policy::session::SessionCache;
use policy::verdict::Action;
use policy::{Memory, Policy, Request};

use crate::folder::{Folder, compile};
use crate::fragments_of;

const PAGE: &str = "docs/four-weeks.md";
/// Tuesday noon of each week.
const TIMES: [&str; 5] = [
    "2027-02-02T12:00:00Z",
    "2027-02-09T12:00:00Z",
    "2027-02-16T12:00:00Z",
    "2027-02-23T12:00:00Z",
    "2027-03-02T12:00:00Z",
];
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

/// A row of the table.
struct Client {
    name: &'static str,
    user_agent: Option<&'static str>,
    from: &'static str,
    host: &'static str,
    path: &'static str,
    authorization: Option<&'static str>,
    /// How many requests it sends at once; the cell is of the last.
    requests: usize,
}

const CLIENT: Client = Client {
    name: "",
    user_agent: None,
    from: "100.64.0.1",
    host: "www.example.org",
    path: "/",
    authorization: None,
    requests: 20,
};

const CLIENTS: [Client; 10] = [
    Client { name: "Firefox", user_agent: Some(FIREFOX), ..CLIENT },
    Client {
        name: "Firefox, two hundred requests at once",
        user_agent: Some(FIREFOX),
        requests: 200,
        ..CLIENT
    },
    Client { name: "no user agent", ..CLIENT },
    Client { name: "`python-requests/2.32.3`", user_agent: Some("python-requests/2.32.3"), ..CLIENT },
    Client {
        name: "the same, of the build server",
        user_agent: Some("python-requests/2.32.3"),
        host: "ci.example.org",
        authorization: Some("Basic YTpi"),
        ..CLIENT
    },
    Client { name: "`curl/8.5.0`", user_agent: Some("curl/8.5.0"), ..CLIENT },
    Client {
        name: "`MyTool/1.0 (me@example.org)`",
        user_agent: Some("MyTool/1.0 (me@example.org)"),
        ..CLIENT
    },
    Client {
        name: "Firefox asks for the sitemap",
        user_agent: Some(FIREFOX),
        path: "/sitemap.xml",
        ..CLIENT
    },
    Client {
        name: "`examplebot` asks for the sitemap, from its addresses",
        user_agent: Some("Mozilla/5.0 (compatible; examplebot/1.0)"),
        from: "192.0.2.7",
        path: "/sitemap.xml",
        ..CLIENT
    },
    Client {
        name: "Firefox out of the network `scrapers`",
        user_agent: Some(FIREFOX),
        from: "198.51.100.200",
        ..CLIENT
    },
];

/// The policies of the weeks: sections by name, each fragment's in the place of those before it.
fn weeks() -> Vec<String> {
    let mut sections: Vec<(String, String)> = Vec::new();
    let fragments = fragments_of(PAGE, "yaml");
    assert_eq!(fragments.len(), TIMES.len(), "one fragment a week");
    let week = |fragment: &pages::Fence| {
        for section in top_level(&fragment.text) {
            match sections.iter_mut().find(|(name, _)| *name == section.0) {
                Some(old) => *old = section,
                None => sections.push(section),
            }
        }
        sections.iter().map(|(_, text)| text.as_str()).collect()
    };
    fragments.into_iter().map(week).collect()
}

fn top_level(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in text.split_inclusive('\n') {
        match line.split_once(':') {
            Some((name, _)) if line.starts_with(|c: char| c.is_ascii_lowercase()) => {
                found.push((name.to_owned(), line.to_owned()));
            }
            _ => found.last_mut().unwrap().1.push_str(line),
        }
    }
    found
}

#[test]
fn the_table_is_what_the_policies_of_the_page_do() {
    let policies: Vec<Policy> = (0..)
        .zip(weeks())
        .map(|(week, text)| {
            compile(&format!("week-{week}"), &text).unwrap_or_else(|why| panic!("week {week}: {why}"))
        })
        .collect();
    let mut table =
        "| who | week 0 | week 1 | week 2 | week 3 | week 4 |\n|---|---|---|---|---|---|\n".to_owned();
    for client in &CLIENTS {
        let cells: Vec<_> =
            policies.iter().zip(TIMES).map(|(policy, time)| cell(policy, time, client)).collect();
        table.push_str(&format!("| {} | {} |\n", client.name, cells.join(" | ")));
    }
    let page = read(PAGE).unwrap();
    let (before, rest) = page.split_once("<!-- weeks -->\n").unwrap();
    let (shown, after) = rest.split_once("<!-- /weeks -->").unwrap();
    if std::env::var_os("UPDATE").is_some() {
        let written = format!("{before}<!-- weeks -->\n{table}<!-- /weeks -->{after}");
        fs::write(repository().join(PAGE), written).unwrap();
        return;
    }
    assert!(shown == table, "{PAGE} does not show what its policies do; `make docs` writes:\n{table}");
}

fn cell(policy: &Policy, time: &str, client: &Client) -> String {
    let table = Table::new(1000, &Seed::from([7; 16])).unwrap();
    let sessions = SessionCache::new(1, [7; 32]).unwrap();
    let memory = Memory { limits: &table, sessions: &sessions };
    let mut headers = policy.headers();
    for (name, value) in [("user-agent", client.user_agent), ("authorization", client.authorization)] {
        if let Some(value) = value {
            headers.record(name.as_bytes(), value.as_bytes());
        }
    }
    let request = Request {
        ip: Some(client.from.parse::<IpAddr>().unwrap()),
        method: b"GET",
        host: client.host.as_bytes(),
        path: client.path.as_bytes(),
        headers,
        ..Request::default()
    };
    let mut cell = String::new();
    for _ in 0..client.requests {
        let verdict = policy.decide(&request, memory, time.parse().unwrap());
        cell = verdict.action.status().to_string();
        if let Some(would) = verdict.would.filter(|would| would.action != Action::Allow) {
            cell += &format!(", would {}", would.action.status());
        }
        if verdict.notice.is_some() {
            cell += ", *notice*";
        }
    }
    cell
}

/// The commands of the page in HAProxy's own log of the first week.
#[test]
fn the_commands_find_in_the_log_what_they_are_to_find() {
    let text = weeks().remove(0);
    let sections = top_level(&text).into_iter().filter(|(name, _)| name != "version" && name != "contact");
    let sections: String = sections.map(|(_, text)| text).collect();
    let chain = Chain::start(&Setup::written(&sections).at(TIMES[0]).patient().without_varnish()).unwrap();
    let from = |n| std::net::Ipv4Addr::new(203, 0, 113, n);
    let mut log = String::new();
    for ask in [
        Ask::new(from(1), "python-requests/2.32.3"),
        Ask::new(from(1), "python-requests/2.32.3"),
        Ask::new(from(2), "python-requests/2.32.3"),
        Ask::new(from(3), "MyTool/1.0 (me@example.org)"),
        Ask::new(from(4), FIREFOX),
    ] {
        let answer = ask.send(&chain).unwrap();
        assert_eq!(answer.status, 200);
        log += &(chain.logged_line("four weeks", &answer).unwrap() + "\n");
    }
    let folder = Folder::new("four-weeks-log");
    fs::write(folder.path().join("haproxy.log"), &log).unwrap();
    let commands = fragments_of(PAGE, "sh")
        .into_iter()
        .filter(|fence| fence.text.contains("haproxy.log |") || fence.text.contains("' haproxy.log"));
    let printed: Vec<_> = commands
        .map(|fence| {
            let shell =
                Command::new("bash").args(["-c", &fence.text]).current_dir(folder.path()).output().unwrap();
            let out = String::from_utf8_lossy(&shell.stdout).into_owned();
            out.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>()
        })
        .collect();
    let would = printed[0][0].split(' ').collect::<Vec<_>>();
    assert!(
        matches!(would[..], ["3", "deny", "ua.library_default", _, "library_default"]),
        "{printed:?}\n{log}"
    );
    assert_eq!(printed[0].len(), 1, "{printed:?}\n{log}");
    assert_eq!(printed[1], ["2 203.0.113.1", "1 203.0.113.2"], "{log}");
    assert_eq!(printed[2], ["1 contact=\"me@example.org\""], "{log}");
    assert!(printed[3].is_empty(), "nothing is refused in shadow: {printed:?}");
}
