//! What is reported as carried over acts as the original does, on a matrix of requests.

use limits::{Seed, Table};
use policy::facts::Connection;
use policy::session::SessionCache;
use policy::verdict::Action;
use policy::{Memory, Policy, Request};
use proptest::prelude::*;
use serde_json::Value;

use crate::command::{Folder, compile, outcome, vectors};
use crate::original::{Ask, Original};

const IPS: [&str; 8] = [
    "198.51.100.7",
    "198.51.100.200",
    "203.0.113.70",
    "203.0.113.130",
    "192.0.2.5",
    "192.0.2.200",
    "2001:db8:bad::1",
    "198.18.0.1",
];
const AGENTS: [Option<&str>; 11] = [
    None,
    Some("python-requests/2.31.0"),
    Some("x python-requests/2.31.0"),
    Some("curl/8.5.0"),
    Some("Wget/1.24"),
    Some("mycurl/1"),
    Some("curl/8.5.0 FooBot"),
    Some("Mozilla/5.0 (compatible; FooBot/1.0)"),
    Some("Mozilla/5.0 (compatible; FooBot-Images/1.0)"),
    Some("oldtool/1"),
    Some("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/88.0 Safari/537.36"),
];
const PATHS: [&str; 7] = ["/keys", "/keys/a", "/w/api.php", "/w/api.phpx", "/w/load.php", "/wiki/A", "/"];
const HEADERS: [&[(&str, &str)]; 4] =
    [&[], &[("Accept", "*/*")], &[("Authorization", "x")], &[("Accept", "*/*"), ("Authorization", "x")]];

/// Every request, but for the parts that are compared by themselves.
fn matrix() -> impl Iterator<Item = Ask<'static>> {
    let clients = IPS.into_iter().flat_map(|ip| AGENTS.map(|user_agent| (ip, user_agent)));
    clients.flat_map(|(ip, user_agent)| {
        PATHS.into_iter().flat_map(move |path| {
            HEADERS.into_iter().enumerate().map(move |(n, headers)| Ask {
                haproxy: false,
                ip,
                user_agent,
                // Methods, hosts and queries vary along with the headers, and with all else.
                method: if (n + path.len()) % 3 == 0 { "POST" } else { "GET" },
                host: if (n + ip.len()) % 2 == 0 { "query.example.org" } else { "www.example.org" },
                query: ((n + path.len() + ip.len()) % 3 == 1).then_some("q=abcdefghijkl"),
                path,
                headers,
            })
        })
    })
}

/// A policy that is imported, and then enforced.
struct Edge {
    policy: Policy,
    sessions: SessionCache,
}

/// What is done with a request, and what rules in shadow would have done.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Said {
    action: Action,
    would: Option<Action>,
}

impl Edge {
    fn of(answer: &Value) -> Self {
        Self { policy: compile(answer, true), sessions: SessionCache::new(16, [7; 32]).unwrap() }
    }

    fn says(&self, ask: &Ask<'_>, table: &Table) -> Said {
        let mut headers = self.policy.headers();
        let agent = ask.user_agent.map(|agent| ("User-Agent", agent));
        for (name, value) in ask.headers.iter().copied().chain(agent).chain([("Host", ask.host)]) {
            headers.record(name.as_bytes(), value.as_bytes());
        }
        let request = Request {
            ip: Some(ask.ip.parse().unwrap()),
            method: ask.method.as_bytes(),
            host: ask.host.as_bytes(),
            path: ask.path.as_bytes(),
            query: ask.query.map(str::as_bytes),
            headers,
            connection: Connection::default(),
        };
        let memory = Memory { limits: table, sessions: &self.sessions };
        let verdict = self.policy.decide(&request, memory, "2026-11-20T13:00:00Z".parse().unwrap());
        Said { action: verdict.action, would: verdict.would.map(|would| would.action) }
    }

    /// What it says of a request that comes `count` times at once, the last but one and the last time.
    fn says_in_turn(&self, ask: &Ask<'_>, count: usize) -> (Said, Said) {
        let table = Table::new(16, &Seed::from([7; 16])).unwrap();
        let mut said = (0..count).map(|_| self.says(ask, &table)).skip(count - 2);
        (said.next().unwrap(), said.next().unwrap())
    }
}

/// An action as its file says.
struct Given {
    kind: &'static str,
    name: String,
    yaml: Value,
}

impl Given {
    fn flag(&self, name: &str) -> bool {
        self.yaml[name].as_bool().unwrap_or(false)
    }

    fn holds(&self, original: &Original, ask: &Ask<'_>) -> bool {
        let ask = Ask { haproxy: self.kind == "haproxy_action", ..*ask };
        original.holds(self.yaml["expression"].as_str().unwrap(), &ask)
    }

    fn burst(&self) -> Option<usize> {
        let requests = self.yaml["throttle_requests"].as_u64().unwrap_or(500);
        self.flag("do_throttle").then(|| usize::try_from(requests).unwrap())
    }
}

fn sample_actions() -> Vec<(Given, String, String)> {
    let folders =
        [("action", "request-actions/cache-text"), ("haproxy_action", "request-haproxy-actions/cache-text")];
    let mut actions = Vec::new();
    for (kind, folder) in folders {
        for file in std::fs::read_dir(vectors().join("sample").join(folder)).unwrap() {
            let path = file.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            let stem = path.file_stem().unwrap().to_str().unwrap();
            let given = Given {
                kind,
                name: format!("cache-text/{stem}"),
                yaml: serde_saphyr::from_str(&text).unwrap(),
            };
            actions.push((given, format!("{folder}/{stem}.yaml"), text));
        }
    }
    actions
}

#[test]
fn each_action_that_is_carried_over_whole_refuses_and_counts_what_the_original_does() {
    let mut whole = Vec::new();
    for (given, file, text) in sample_actions() {
        let folder = Folder::of_sample();
        folder.write(&file, &text);
        let answer = folder.import(&[]);
        if outcome(&answer, given.kind, &given.name) != "whole" || !given.flag("enabled") {
            continue;
        }
        let (edge, original) = (Edge::of(&answer), Original::of(folder.path()));
        let mut held = 0;
        for ask in matrix() {
            let holds = given.holds(&original, &ask);
            held += usize::from(holds);
            let (before, last) = edge.says_in_turn(&ask, given.burst().unwrap_or(1) + 1);
            let expected = match (holds, given.burst()) {
                (false, _) => (Action::Allow, Action::Allow),
                (true, None) => (Action::Deny, Action::Deny),
                (true, Some(_)) => (Action::Allow, Action::Limit),
            };
            assert_eq!((before.action, last.action), expected, "{}: {ask:?}", given.name);
        }
        assert!(held > 0, "{}: no request of the matrix is meant", given.name);
        whole.push(given.name);
    }
    assert!(whole.len() >= 5, "{whole:?}");
}

/// All of the actions together: what each of them that is carried over whole says, and that nothing is refused by none. An
/// action that is carried over in part may mean fewer requests.
fn compare(original: &Original, actions: &[Given], answer: &Value) -> Result<(), String> {
    let edge = Edge::of(answer);
    let outcomes = actions.iter().map(|given| (given, outcome(answer, given.kind, &given.name)));
    let carried: Vec<_> = outcomes.filter(|(_, outcome)| *outcome != "not").collect();
    let most = carried.iter().filter_map(|(given, _)| given.burst()).max().unwrap_or(1);
    // Who is in two ipblocks at once is in one network, and then not spared by the other: the report says so.
    let spares_fewer = answer["objects"].to_string().contains("so fewer are spared");
    // Every third: 3 shares no divisor with the numbers of paths and headers, so that none is always left out.
    for ask in matrix().step_by(3) {
        let (_, said) = edge.says_in_turn(&ask, most + 1);
        let mut may = Vec::new();
        for (given, outcome) in carried.iter().filter(|(given, _)| given.holds(original, &ask)) {
            let does = if given.burst().is_some() { Action::Limit } else { Action::Deny };
            if given.flag("enabled") {
                may.push(does);
            }
            let is_said = match (given.flag("enabled"), does) {
                (true, Action::Deny) => said.action == Action::Deny,
                (true, _) => said.action != Action::Allow,
                (false, _) => said.action == Action::Deny || said.would.is_some(),
            };
            if *outcome == "whole" && !is_said {
                return Err(format!("{} holds, and does nothing: {ask:?}: {said:?}", given.name));
            }
        }
        if said.action != Action::Allow && !may.contains(&said.action) && !spares_fewer {
            return Err(format!("no action holds that says so: {ask:?}: {said:?}"));
        }
    }
    Ok(())
}

#[test]
fn all_actions_together_refuse_what_one_of_them_does() {
    let folder = Folder::of_sample();
    let mut actions = Vec::new();
    for (given, file, text) in sample_actions() {
        // Broken on purpose.
        if !given.name.ends_with("broken_expression") && !given.name.ends_with("not_there") {
            folder.write(&file, &text);
            actions.push(given);
        }
    }
    compare(&Original::of(folder.path()), &actions, &folder.import(&[])).unwrap();
}

#[test]
fn as_it_is_imported_nothing_is_enforced() {
    let folder = Folder::of_sample();
    folder.write("request-actions/c/a.yaml", "enabled: true\nexpression: ipblock@abuse/scrapers\n");
    let answer = folder.import(&[]);
    let edge = Edge { policy: compile(&answer, false), ..Edge::of(&answer) };
    let ask = matrix().find(|ask| ask.ip == "198.51.100.7").unwrap();
    let (_, said) = edge.says_in_turn(&ask, 2);
    assert_eq!(said, Said { action: Action::Allow, would: Some(Action::Deny) });
}

/// An expression over the patterns and ipblocks of the sample, as requestctl would take it.
fn expression() -> impl Strategy<Value = String> {
    let names = [
        "pattern@ua/libraries",
        "pattern@ua/tools",
        "pattern@ua/foobot",
        "pattern@ua/foobot_images",
        "pattern@ua/none",
        "pattern@req/no_accept",
        "pattern@req/authorized",
        "pattern@req/post",
        "pattern@url/keys",
        "pattern@url/api",
        "pattern@url/wiki",
        "pattern@site/query",
        "ipblock@abuse/scrapers",
        "ipblock@abuse/suspects",
        "ipblock@cloud/example_cloud",
        "ipblock@known-clients/archiver",
    ];
    let agents = prop::sample::select(names[..5].to_vec()).prop_map(str::to_owned);
    let leaf = prop::sample::select(names.to_vec()).prop_map(str::to_owned);
    let inner = leaf.prop_recursive(2, 4, 2, |inner| {
        let operator = prop::sample::select(vec!["AND", "OR", "AND NOT", "OR NOT"]);
        (inner.clone(), operator, inner).prop_map(|(a, operator, b)| format!("({a} {operator} {b})"))
    });
    let operator = prop::sample::select(vec!["AND", "AND NOT", "AND NOT", "OR"]);
    let with_agent =
        (agents, operator, inner.clone()).prop_map(|(a, operator, b)| format!("{a} {operator} {b}"));
    prop_oneof![3 => with_agent, 1 => inner]
}

/// Fields of an action beside the expression.
fn effect() -> impl Strategy<Value = String> {
    let throttle = "do_throttle: true\nthrottle_per_ip: true\nthrottle_requests: 3\nthrottle_interval: 3\nthrottle_duration: 0\n";
    let state = prop::sample::select(vec![
        "enabled: true\n",
        "enabled: true\n",
        "enabled: false\nlog_matching: true\n",
    ]);
    let does = prop::sample::select(vec!["resp_status: 403\n", "resp_status: 403\n", throttle]);
    (state, does).prop_map(|(state, does)| format!("cache_miss_only: false\n{state}{does}"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_expressions_what_is_carried_over_whole_acts_as_the_original(
        made in prop::collection::vec((expression(), effect()), 1..5),
    ) {
        let folder = Folder::of_sample();
        let mut actions = Vec::new();
        for (n, (expression, effect)) in made.iter().enumerate() {
            let text = format!("expression: {expression}\n{effect}");
            folder.write(&format!("request-actions/c/a{n}.yaml"), &text);
            let yaml = serde_saphyr::from_str(&text).unwrap();
            actions.push(Given { kind: "action", name: format!("c/a{n}"), yaml });
        }
        let answer = folder.import(&[]);
        if let Err(why) = compare(&Original::of(folder.path()), &actions, &answer) {
            let files: Vec<_> = answer["files"].as_array().unwrap().iter().map(|file| file["text"].as_str().unwrap()).collect();
            panic!("{why}\n{}", files.join("\n"));
        }
    }
}
