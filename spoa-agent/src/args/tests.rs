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
    assert_eq!(refusal("--admin 127.0.0.1:9001"), "invalid option '--admin'");
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
