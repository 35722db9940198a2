//! Real lines of real servers: tests/vectors/logs.

use std::path::Path;

use super::*;

/// What of a record the requests of `ask.sh` differ in: method, host, path, query, user agent.
type Asked = (&'static str, &'static str, &'static str, Option<&'static str>, Option<&'static str>);

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0";
const BOT: &str = "ExampleBot/2.1 (https://example.org/bot; bot@example.org)";
const TOOL: &str = "Tool \"quoted\" \\ back|slash {brace} #hash ] café \u{fffd} \ttab";

const PAGE: Asked =
    ("GET", "en.wikipedia.example.org", "/wiki/Main_Page", Some("token=s3cret"), Some(FIREFOX));
const IMAGE: Asked = (
    "GET",
    "upload.example.org",
    "/wikipedia/commons/a/a9/Example.jpg",
    None,
    Some("python-requests/2.32.3"),
);
const NOBODY: Asked = ("GET", "upload.example.org", "/404/x", None, None);
const HEAD: Asked = ("HEAD", "upload.example.org", "/429", None, Some(BOT));
const ODD: Asked = ("GET", "upload.example.org", "/a%20b/c", Some("d=%22e%22&f=\"g\""), Some(TOOL));

fn log(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/logs").join(name)).unwrap()
}

/// The format that a log is found to have.
fn found(wanted: &str, captures: &[&str], bytes: &[u8]) -> Result<Format, Undetected> {
    let captures: Vec<Box<str>> = captures.iter().map(|name| Box::from(*name)).collect();
    let lines = crate::replay::source::lines(bytes);
    wanted.parse::<Wanted>().unwrap().resolve(lines, &captures, UtcOffset::default())
}

/// Compares every line of a log with what was asked.
fn expect(format: &Format, bytes: &[u8], expected: &[Result<Asked, Skip>]) {
    let mut clock = Clock::new(UtcOffset::default());
    let lines: Vec<_> = crate::replay::source::lines(bytes).collect();
    assert_eq!(lines.len(), expected.len());
    for (line, expected) in lines.into_iter().zip(expected) {
        let record = format.parse(line, &mut clock);
        let text = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
        let found = record.map(|record| {
            assert!(record.ip.unwrap().is_loopback(), "{}", line.escape_ascii());
            let time = record.time.unwrap().to_string();
            assert!(time.starts_with("2026-11-20T14:59:") || time.starts_with("2026-11-20T15:00:"), "{time}");
            let query = record.query.as_deref().map(text);
            let user_agent = record.user_agent.as_deref().map(text);
            (text(&record.method), text(&record.host), text(&record.path), query, user_agent)
        });
        let own = |part: Option<&str>| part.map(str::to_owned);
        let expected = expected.map(|(method, host, path, query, user_agent)| {
            (method.to_owned(), host.to_owned(), path.to_owned(), own(query), own(user_agent))
        });
        assert_eq!(found, expected, "{}", line.escape_ascii());
    }
}

/// What HAProxy on this port logs of `ask.sh`; of two user agents a capture by `capture request header` is the last.
fn by_haproxy(host: &'static str, of_two: &'static str) -> [Result<Asked, Skip>; 10] {
    let none = Err(Skip::NoRequest);
    let plain = Ok(("GET", host, "/", None, Some("curl/8.5.0")));
    let last = Ok(("POST", "", "/api", None, Some(of_two)));
    [Ok(PAGE), Ok(IMAGE), Ok(NOBODY), Ok(HEAD), Ok(ODD), none, plain, none, none, last]
}

#[test]
fn reads_httplog_of_haproxy_with_captures_behind_any_header_of_syslog() {
    let expected = by_haproxy("127.0.0.1:18081", "second/2");
    for name in ["haproxy-rfc3164.log", "haproxy-rfc5424.log"] {
        let bytes = log(name);
        expect(&found("auto", &["host", "user-agent"], &bytes).unwrap(), &bytes, &expected);
    }
    let bytes = log("haproxy-httplog.log");
    let cut = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safar";
    let over_ipv6 = Ok(("GET", "en.m.wikipedia.example.org", "/wiki/IPv6", None, Some(cut)));
    let expected = [&expected[..], &[over_ipv6]].concat();
    expect(&found("auto", &["Host", "User-Agent"], &bytes).unwrap(), &bytes, &expected);
}

#[test]
fn reads_host_and_user_agent_from_keys() {
    let bytes = log("haproxy-keys.log");
    let format = found("auto", &[], &bytes).unwrap();
    assert!(format.has_header("user-agent") && !format.has_header("accept"));
    expect(&format, &bytes, &by_haproxy("127.0.0.1:18082", "first/1 (a@example.org)"));
}

#[test]
fn a_cookie_that_looks_like_captures_is_none() {
    let line = br#"127.0.0.1:1 [20/Nov/2026:14:59:25.803] edge cache/varnish 0/0/0/1/1 200 74 {evil|Mozilla} - ---- 1/1/0/0/0 0/0 {a.example|curl/8.5.0} {text/html} "GET / HTTP/1.1""#;
    let format = found("haproxy", &["host", "user-agent"], line).unwrap();
    expect(&format, line, &[Ok(("GET", "a.example", "/", None, Some("curl/8.5.0")))]);
    // A response's captures alone cannot be told from a request's, so that names are asked for.
    assert_eq!(found("haproxy", &[], line).unwrap_err(), Undetected::Captures(2));
}

#[test]
fn a_user_agent_that_the_agent_saw_and_the_log_lost_is_not_taken_for_none() {
    let line = |class: &str| {
        format!(
            "127.0.0.1:1 [20/Nov/2026:14:59:25.803] edge edge/<NOSRV> 0/-1/-1/-1/0 403 836 1/1/0/0/0 0/0 action=deny class={class} host=\"\" ua=\"\" request=\"GET / HTTP/1.1\""
        )
    };
    let (lost, none) = (line("library_default"), line("none"));
    let format = found("auto", &[], none.as_bytes()).unwrap();
    expect(&format, none.as_bytes(), &[Ok(("GET", "", "/", None, None))]);
    let told = Skip::Unparsed("its user agent was not captured: see docs/replay.md");
    expect(&format, lost.as_bytes(), &[Err(told)]);
}

#[test]
fn captures_want_names_and_a_log_without_has_no_user_agent() {
    let bytes = log("haproxy-httplog.log");
    assert_eq!(found("haproxy", &[], &bytes).unwrap_err(), Undetected::Captures(2));
    let bytes = log("haproxy-without-captures.log");
    assert!(!found("auto", &[], &bytes).unwrap().has_header("user-agent"));
    let shipped = String::from_utf8_lossy(&log("haproxy-keys.log")).replace(" ua=", " other=");
    let format = found("auto", &[], shipped.as_bytes()).unwrap();
    assert!(format.has_header("host") && !format.has_header("user-agent"));
}

#[test]
fn captures_of_another_number_than_the_lines_have_are_refused() {
    let bytes = log("haproxy-httplog.log");
    for names in [&["user-agent"][..], &["host", "user-agent", "referer"]] {
        let differ = Undetected::CapturesDiffer { found: 2, named: names.len() };
        assert_eq!(found("auto", names, &bytes).unwrap_err(), differ, "{names:?}");
        assert_eq!(found("haproxy", names, &bytes).unwrap_err(), differ, "{names:?}");
    }
    // Lines that cannot tell a number refuse no names.
    let without = log("haproxy-without-captures.log");
    assert!(found("haproxy", &["host", "user-agent"], &without).is_ok());
    // What another frontend of the same log captures is no reason to refuse it, as long as it does not prevail.
    let line = |captures: &str| {
        format!(
            "127.0.0.1:1 [20/Nov/2026:14:59:25.803] edge b/s 0/0/0/1/1 200 74 - - ---- 1/1/0/0/0 0/0 {captures} \"GET / HTTP/1.1\"\n"
        )
    };
    let (two, one) = (line("{a.example|curl/8.5.0} {text/html}"), line("{me/1}"));
    for (log, refuses) in [
        ([&*two, &two, &one].concat(), None),
        ([&*two, &one].concat(), None),
        ([&*one, &two, &one].concat(), Some(Undetected::CapturesDiffer { found: 1, named: 2 })),
        (line("{} {}"), Some(Undetected::CapturesDiffer { found: 1, named: 2 })),
    ] {
        assert_eq!(found("haproxy", &["host", "user-agent"], log.as_bytes()).err(), refuses, "{log}");
    }
}

#[test]
fn a_connection_without_http_is_no_line_of_httplog() {
    let bytes = log("haproxy-tcplog.log");
    let format = Format::HaProxy(Captures::default());
    expect(&format, &bytes, &[Err(Skip::Unparsed("no status: not a line of mode http"))]);
}

#[test]
fn reads_what_varnishncsa_writes_by_default_with_the_host_of_its_urls() {
    let bytes = log("varnishncsa.log");
    let format = found("auto", &[], &bytes).unwrap();
    assert_eq!(format.to_string(), "combined");
    let absolute = Ok(("GET", "absolute.example.org", "/path", Some("x=y"), Some("curl/8.5.0")));
    let plain = Ok(("GET", "127.0.0.1:18085", "/", None, Some("curl/8.5.0")));
    let first = Ok(("POST", "localhost", "/api", None, Some("first/1 (a@example.org)")));
    let none = Err(Skip::NoRequest);
    expect(
        &format,
        &bytes,
        &[Ok(PAGE), Ok(IMAGE), Ok(NOBODY), Ok(HEAD), Ok(ODD), absolute, plain, none, first],
    );
}

#[test]
fn reads_a_format_string_of_varnishncsa() {
    let bytes = log("varnishncsa-format.log");
    let wanted = r#"varnishncsa:%h %l %u %{%Y-%m-%d %H:%M:%S}t "%m %U%q %H" %s %b "%{Referer}i" "%{User-agent}i" "%{Host}i" "%{X-Forwarded-For}i" %D %{VCL_Log:prov}x"#;
    let format = found(wanted, &[], &bytes).unwrap();
    let absolute = Ok(("GET", "", "/path", Some("x=y"), Some("curl/8.5.0")));
    let plain = Ok(("GET", "127.0.0.1:18085", "/", None, Some("curl/8.5.0")));
    let first = Ok(("POST", "", "/api", None, Some("first/1 (a@example.org)")));
    let none = Err(Skip::NoRequest);
    expect(
        &format,
        &bytes,
        &[Ok(PAGE), Ok(IMAGE), Ok(NOBODY), Ok(HEAD), Ok(ODD), absolute, plain, none, first],
    );
    let mut clock = Clock::new(UtcOffset::default());
    let record = format.parse(crate::replay::source::lines(&bytes).next().unwrap(), &mut clock).unwrap();
    assert_eq!(record.referer.as_deref(), Some(&b"https://www.example.org/?q=s3cret"[..]));
    assert_eq!(record.headers.len(), 1, "X-Forwarded-For");
    assert_eq!(record.status, Some(200));
}

#[test]
fn tells_the_formats_of_apache_apart() {
    let end = r#"192.0.2.7 - john doe [20/Nov/2026:14:35:06 +0100] "GET /a HTTP/1.1" 200 12"#;
    let of = |line: String| found("auto", &[], line.as_bytes()).map(|format| format.to_string());
    assert_eq!(of(end.to_owned()), Ok("common".to_owned()));
    assert_eq!(of(format!("{end} \"-\" \"curl/8\"")), Ok("combined".to_owned()));
    assert_eq!(of(format!("{end} \"-\" \"curl/8\" \"192.0.2.9\"")), Ok("combined".to_owned()), "nginx adds");
    assert_eq!(of(format!("example.org:443 {end} \"-\" \"curl/8\"")), Ok("vhost_combined".to_owned()));
    let json = r#"{"time":"2026-11-20T00:00:00Z","path":"/"}"#;
    assert_eq!(of(json.to_owned()), Ok("json".to_owned()));
    assert_eq!(of("what is this".to_owned()), Err(Undetected::Unknown));
    let v6 = end.replace("192.0.2.7", "2001:db8::1");
    assert_eq!(of(format!("{v6} \"-\" \"curl/8\"")), Ok("combined".to_owned()));
}

#[test]
fn reads_a_request_in_json_with_all_that_it_may_tell() {
    let line = br#"{"time":"2026-11-20T00:00:00Z","ip":"192.0.2.7","method":"GET","host":"a.example.org","path":"/\u00e9","query":"b=c","version":"2.0","tls":true,"tls_label":"browser","headers":{"User-Agent":"me/1","x-forwarded-for":["192.0.2.8","192.0.2.9"],"Accept":"*/*"}}"#;
    let record = Format::Json.parse(line, &mut Clock::new(UtcOffset::default())).unwrap();
    assert_eq!(record.user_agent.as_deref(), Some(&b"me/1"[..]));
    assert_eq!(&*record.path, "/é".as_bytes());
    assert_eq!(record.headers.len(), 4);
    assert_eq!(record.connection.tls, Some(true));
    for bad in ["{}", "[]", r#"{"time":"x","path":"/"}"#, r#"{"time":"2026-11-20","path":"/","ip":"x"}"#] {
        let parsed = Format::Json.parse(bad.as_bytes(), &mut Clock::new(UtcOffset::default()));
        assert!(matches!(parsed, Err(Skip::Unparsed(_))), "{bad}");
    }
}

#[test]
fn a_format_string_that_cannot_be_read_says_why() {
    let error = |text: &str| text.parse::<Wanted>().unwrap_err();
    assert_eq!(error("%h %t \"%r\" %Y"), LayoutError::Directive("%Y".to_owned()));
    assert_eq!(error("%h %t \"%r\" %{Host"), LayoutError::Directive("%{Host".to_owned()));
    assert_eq!(error("%h%l %t \"%r\" %s"), LayoutError::Adjacent);
    assert_eq!(error("%h %t %r %s"), LayoutError::Unquoted);
    assert_eq!(error("%l %t \"%r\""), LayoutError::Missing("address of the client (%h or %a)"));
    assert_eq!(error("%h \"%r\""), LayoutError::Missing("time (%t)"));
    assert_eq!(error("%h %t"), LayoutError::Missing("request (%r, or %m, %U and %q)"));
    assert!(matches!(error("apache"), LayoutError::Unknown(_)));
}

/// Every format, one of a string with all kinds of fields among them.
fn every_format() -> Vec<Format> {
    let odd = r#"%{%d %b %Y %T}t %a "%m %U%q %H" %>s [%{X-Forwarded-For}i] "%r" %{Cookie}i"#;
    let named =
        ["json", "common", "combined", "vhost_combined", odd].map(|text| match text.parse().unwrap() {
            Wanted::Format(format) => format,
            other => panic!("{other:?}"),
        });
    let haproxy = |keys| Format::HaProxy(Captures { names: vec!["host".into(), "user-agent".into()], keys });
    named.into_iter().chain([haproxy(true), haproxy(false)]).collect()
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(line in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300)) {
        for format in every_format() {
            let _ = format.parse(&line, &mut Clock::new(UtcOffset::default()));
        }
    }

    #[test]
    fn a_real_line_that_was_cut_and_changed_is_read_or_refused(
        from in 0..200_usize,
        length in 0..300_usize,
        changes in proptest::collection::vec((0..300_usize, proptest::sample::select(b"\" \\{}|#[]?=%\0x-".to_vec())), 0..6),
    ) {
        for name in ["haproxy-httplog.log", "haproxy-keys.log", "haproxy-rfc5424.log", "varnishncsa.log", "varnishncsa-format.log"] {
            let bytes = log(name);
            for line in crate::replay::source::lines(&bytes) {
                let mut line: Vec<u8> = line.iter().copied().skip(from).take(length).collect();
                for (at, byte) in &changes {
                    if let Some(place) = line.get_mut(*at) {
                        *place = *byte;
                    }
                }
                for format in every_format() {
                    let _ = format.parse(&line, &mut Clock::new(UtcOffset::default()));
                }
            }
        }
    }
}
