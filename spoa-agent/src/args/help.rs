/// What `--help` prints.
pub const HELP: &str = "\
The agent that HAProxy asks for a verdict on each request (SPOE, SPOP 2.0).

Usage: spoa-agent --policy FILE --listen ADDR [--listen ADDR ...] [OPTION ...]

  --policy FILE          the policy, compiled before anything listens
  --listen ADDR          127.0.0.1:9000 | [::1]:9000 | unix@/run/provenance/agent.sock | systemd | systemd@NAME;
                         may be given several times

  --admin ADDR           where to answer /metrics, /healthz, /readyz, /explain and / by HTTP; default: nowhere
  --admin-anywhere       --admin may be an address that other machines can reach
  --workers N            threads that answer; default: one for each core that this process may use
  --max-connections N    connections that are served at one time, 1 to 1000000; others wait unanswered; default 1000
  --hello-timeout TIME   how long a peer may take for its hello, such as 500ms or 5s; default 5s
  --drain-timeout TIME   how long connections may take for their end after SIGTERM; default 5s
  --watch TIME           how often to look whether files of the policy have changed, or off; default 2s
  --limiter-keys N       clients in debt or held that the rate limits can tell apart, 32 bytes each; default 1000000
  --session-tokens N     verified tokens that are remembered, 105 bytes each; default 100000
  --log-level LEVEL      error, warn, info, debug or trace; default: the filter in RUST_LOG, or else info
  --log-format FORMAT    text or json; default text
  --log-decisions N      refused and shadow decisions that are logged each second at most, 0 to 10000; default 10
  --clock TIME           for tests: a clock that starts at TIME (RFC 3339, a date, or Unix seconds) and runs on

  --help                 print this and exit
  --version              print the version and exit

Signals: SIGHUP reads the policy anew, SIGTERM and SIGINT end the agent, the second of them at once.
Exit codes: 0 stopped by SIGTERM or SIGINT, 1 the policy is not valid, 2 usage, 3 could not read or listen.
";
