//! A policy with a table of limits, and what it is asked.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use limits::{Seed, Table};
use policy::facts::Connection;
use policy::session::SessionCache;
use policy::verdict::Action;
use policy::{Memory, Policy, Request, Timestamp, Verdict};

pub const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
pub const LIBRARY: &str = "python-requests/2.31.0";

pub struct Edge {
    pub policy: Policy,
    pub table: Table,
    pub sessions: SessionCache,
}

/// A request that is not made yet.
#[derive(Clone, Copy)]
pub struct Ask<'a> {
    pub ip: &'a str,
    pub user_agent: Option<&'a str>,
    pub method: &'a str,
    pub host: &'a str,
    pub path: &'a str,
    pub query: Option<&'a str>,
    pub headers: &'a [(&'a str, &'a str)],
    pub at: Timestamp,
}

impl Edge {
    pub fn new() -> Self {
        Self::of("policy.yaml")
    }

    /// By a policy in `tests/good`.
    pub fn of(file: &str) -> Self {
        Self::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/good").join(file))
    }

    /// By a policy in the repository's `policy` folder.
    pub fn shipped(file: &str) -> Self {
        Self::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy").join(file))
    }

    /// By a policy of these sections, which names the shipped classes.
    pub fn written(sections: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("decide-{}-{number}.yaml", std::process::id());
        let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let contact = "contact: { email: noc@example.org, url: \"https://example.org/policy\" }";
        let classes = concat!(env!("CARGO_MANIFEST_DIR"), "/../../policy/user-agents.yaml");
        let text = format!("version: 1\n{contact}\n{sections}").replace("CLASSES", classes);
        std::fs::write(&file, text).unwrap();
        let edge = Self::load(&file);
        std::fs::remove_file(&file).unwrap();
        edge
    }

    fn load(file: &Path) -> Self {
        let policy = Policy::load(file).unwrap_or_else(|why| panic!("{why}"));
        Self {
            policy,
            table: Table::new(1000, &Seed::from([7; 16])).unwrap(),
            sessions: SessionCache::new(100, [7; 32]).unwrap(),
        }
    }

    pub fn memory(&self) -> Memory<'_> {
        Memory { limits: &self.table, sessions: &self.sessions }
    }

    pub fn decide<'a>(&'a self, ask: Ask<'a>) -> Verdict<'a> {
        let mut headers = self.policy.headers();
        if let Some(user_agent) = ask.user_agent {
            headers.record(b"User-Agent", user_agent.as_bytes());
        }
        for (name, value) in ask.headers {
            headers.record(name.as_bytes(), value.as_bytes());
        }
        let request = Request {
            ip: (!ask.ip.is_empty()).then(|| ask.ip.parse().unwrap()),
            method: ask.method.as_bytes(),
            host: ask.host.as_bytes(),
            path: ask.path.as_bytes(),
            query: ask.query.map(str::as_bytes),
            headers,
            connection: Connection::default(),
        };
        self.policy.decide(&request, self.memory(), ask.at)
    }

    /// How many of `count` requests at once pass.
    pub fn passed(&self, ask: Ask<'_>, count: usize) -> usize {
        (0..count).filter(|_| self.decide(ask).action == Action::Allow).count()
    }

    /// The reason of the verdict on one request.
    pub fn reason(&self, ask: Ask<'_>) -> String {
        self.decide(ask).rule.reason.to_string()
    }
}

pub fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

pub fn browser(ip: &str) -> Ask<'_> {
    Ask {
        ip,
        user_agent: Some(BROWSER),
        method: "GET",
        host: "upload.example.org",
        path: "/a.jpg",
        query: None,
        headers: &[],
        at: at("2026-01-01"),
    }
}

pub fn library(ip: &str) -> Ask<'_> {
    Ask { user_agent: Some(LIBRARY), ..browser(ip) }
}

pub fn fields(verdict: &Verdict<'_>) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    verdict
        .each_field::<()>(|name, value| {
            fields.push((name.to_owned(), value.to_string()));
            Ok(())
        })
        .unwrap();
    fields
}

pub fn field(verdict: &Verdict<'_>, name: &str) -> Option<String> {
    fields(verdict).into_iter().find(|(field, _)| field == name).map(|(_, value)| value)
}
