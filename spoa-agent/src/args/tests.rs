use super::*;

fn parse(line: &str) -> Result<Command, UsageError> {
    Command::parse(line.split_whitespace().map(OsString::from))
}

fn args(line: &str) -> Args {
    match parse(line) {
        Ok(Command::Serve(args)) => args,
        other => panic!("{other:?}"),
    }
}

fn refusal(line: &str) -> String {
    parse(line).unwrap_err().to_string()
}

#[test]
fn policy_and_an_address_are_enough() {
    let args = args("--policy p.yaml --listen 127.0.0.1:9000");
    assert_eq!((args.policy, args.listen.len()), ("p.yaml".into(), 1));
    assert_eq!((args.max_connections, args.limiter_keys), (1_000, 1_000_000));
    assert_eq!(args.hello_timeout, Duration::from_secs(5));
    assert!(args.workers >= 1);
}

#[test]
fn listens_on_each_address_that_is_given() {
    let args = args("--listen unix@/run/a.sock --policy=p.yaml --listen [::1]:9000 --workers 3");
    let listen: Vec<_> = args.listen.iter().map(ToString::to_string).collect();
    assert_eq!(listen, ["unix@/run/a.sock", "[::1]:9000"]);
    assert_eq!(args.workers, 3);
}

#[test]
fn an_address_may_be_given_once() {
    for address in ["127.0.0.1:9000", "[::1]:9000", "unix@/run/a.sock"] {
        assert_eq!(
            refusal(&format!("--listen {address} --listen [::1]:1 --listen {address}")),
            format!("--listen {address} is given twice")
        );
    }
    assert_eq!(args("--policy p --listen 127.0.0.1:0 --listen 127.0.0.1:0").listen.len(), 2);
}

#[test]
fn a_length_of_time_needs_its_unit() {
    let timeout =
        |text: &str| args(&format!("--policy p --listen [::1]:1 --hello-timeout {text}")).hello_timeout;
    assert_eq!(timeout("250ms"), Duration::from_millis(250));
    assert_eq!(timeout("2s"), Duration::from_secs(2));
    for text in ["5", "0s", "ms", "1.5s", "-1s", "5m", "99999999999s"] {
        assert_eq!(
            refusal(&format!("--hello-timeout {text}")),
            format!("--hello-timeout {text:?}: expected a length of time such as 500ms or 5s")
        );
    }
}

#[test]
fn names_what_is_missing() {
    assert_eq!(refusal(""), "--policy is missing");
    assert_eq!(refusal("--policy p.yaml"), "--listen is missing");
    assert_eq!(refusal("--policy p.yaml --policy q.yaml"), "--policy is given twice");
}

#[test]
fn refuses_numbers_out_of_range() {
    assert_eq!(refusal("--workers 0"), "--workers \"0\": expected a whole number from 1 to 1024");
    assert_eq!(
        refusal("--max-connections 1000001"),
        "--max-connections \"1000001\": expected a whole number from 1 to 1000000"
    );
    assert_eq!(
        refusal("--limiter-keys -1"),
        "--limiter-keys \"-1\": expected a whole number from 1 to 1073741824"
    );
}

#[test]
fn refuses_options_that_it_does_not_have() {
    assert_eq!(refusal("--admn 127.0.0.1:9001"), "invalid option '--admn'");
    assert_eq!(refusal("policy.yaml"), "unexpected argument \"policy.yaml\"");
    assert_eq!(refusal("--workers"), "missing argument for option '--workers'");
}

#[test]
fn help_and_version_need_nothing_else() {
    assert_eq!(parse("--help").unwrap(), Command::Help);
    assert_eq!(parse("--workers 2 -V").unwrap(), Command::Version);
}

#[test]
fn sets_the_clock() {
    let args = args("--policy p --listen [::1]:1 --clock 2025-08-18 --log-level DEBUG");
    assert_eq!(args.clock, Some(Timestamp::from_seconds(1_755_475_200)));
    assert_eq!(args.log_level, Some(Level::DEBUG));
}

#[test]
fn the_admin_address_is_of_this_machine_unless_it_is_said_otherwise() {
    let line = |rest: &str| format!("--policy p --listen [::1]:1 {rest}");
    assert_eq!(args(&line("")).admin, None);
    for address in ["127.0.0.1:9101", "unix@/run/admin.sock", "systemd@admin"] {
        assert_eq!(args(&line(&format!("--admin {address}"))).admin.unwrap().to_string(), address);
    }
    for address in ["0.0.0.0:9101", "[2001:db8::1]:9101"] {
        assert_eq!(
            refusal(&line(&format!("--admin {address}"))),
            format!(
                "--admin {address} can be reached by other machines; expected a loopback address or unix@, or --admin-anywhere beside it"
            )
        );
        assert!(args(&line(&format!("--admin {address} --admin-anywhere"))).admin.is_some());
    }
}

#[test]
fn watches_every_two_seconds_or_as_it_is_told() {
    let watch = |rest: &str| args(&format!("--policy p --listen [::1]:1 {rest}")).watch;
    assert_eq!(watch(""), Some(Duration::from_secs(2)));
    assert_eq!(watch("--watch 500ms"), Some(Duration::from_millis(500)));
    assert_eq!(watch("--watch off"), None);
    assert_eq!(
        refusal("--watch never"),
        "--watch \"never\": expected a length of time such as 500ms or 5s, or off"
    );
}

#[test]
fn logs_as_it_is_told() {
    let given = args("--policy p --listen [::1]:1 --log-format json --log-decisions 0 --drain-timeout 30s");
    assert_eq!((given.log_format, given.log_decisions), (LogFormat::Json, 0));
    assert_eq!(given.drain_timeout, Duration::from_secs(30));
    assert_eq!(refusal("--log-format xml"), "--log-format \"xml\": expected text or json");
    assert_eq!(
        refusal("--log-decisions 10001"),
        "--log-decisions \"10001\": expected a whole number from 0 to 10000"
    );
}
