//! `make demo`: starts the chain on loopback, sends real requests through it, and prints what was decided and why.
//!
//! Exit codes: 0 all as expected, 1 something was not, 3 the chain could not be started.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the demo talks to a person")]

mod table;

use std::io::IsTerminal as _;
use std::process::ExitCode;

use e2e::chain::{address_of, repository};
use e2e::{Case, Chain, Error, Setup, scenario};
use table::Table;

fn main() -> ExitCode {
    let keep = std::env::var_os("KEEP").is_some_and(|keep| keep == "1");
    match run(keep) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(wrong) => {
            eprintln!("\n{wrong} of the answers were not as expected");
            ExitCode::from(1)
        }
        Err(why) => {
            eprintln!("demo: {why}");
            ExitCode::from(3)
        }
    }
}

/// Runs everything; how many answers were not as expected.
fn run(keep: bool) -> Result<usize, Error> {
    let mut chain = Chain::start(&Setup::default())?;
    println!(
        "client → HAProxy {} → spoa-agent; HAProxy → Varnish with import provenance → origin\n",
        chain.address
    );
    let mut wrong = show_cases(&chain)?;
    let mut next = 1000..;
    let mut fresh = || address_of(next.next().unwrap_or_default());
    wrong += show_limit(&chain, fresh())?;
    wrong += show_lost_agent(&mut chain, &mut fresh)?;
    for part in chain.stopped() {
        println!("  {part} has ended");
        wrong += 1;
    }
    if keep {
        stay_up(&chain)?;
    }
    Ok(wrong)
}

fn show_cases(chain: &Chain) -> Result<usize, Error> {
    let mut table = Table::new(std::io::stdout().is_terminal());
    let mut wrong = 0;
    for (number, case) in Case::read(&repository().join("tests/e2e/requests.jsonl"))?.iter().enumerate() {
        let answer = chain.ask(case, number)?;
        let logged = chain.logged(&case.name, &answer)?;
        let differences = case.expect.differences(&answer, &logged);
        table.row(case, &answer, &logged, &differences);
        wrong += usize::from(!differences.is_empty());
    }
    table.print();
    Ok(wrong)
}

fn show_limit(chain: &Chain, from: std::net::Ipv4Addr) -> Result<usize, Error> {
    let answers = scenario::exceed_the_limit(chain, from)?;
    let passed = answers.iter().filter(|answer| answer.status == 200).count();
    println!(
        "\nA limit: {} requests at once from one address, of which {passed} pass. The last answer:",
        answers.len()
    );
    let Some(last) = answers.last() else { return Ok(1) };
    print_answer(last, &["retry-after", "ratelimit-policy", "ratelimit", "cache-control"]);
    Ok(usize::from(passed != scenario::BURST || last.status != 429 || last.header("retry-after").is_none()))
}

fn show_lost_agent(
    chain: &mut Chain,
    fresh: &mut impl FnMut() -> std::net::Ipv4Addr,
) -> Result<usize, Error> {
    let lost = scenario::lose_the_agent(chain, fresh)?;
    let count = |status| lost.without.iter().filter(|answer| answer.status == status).count();
    let marked =
        lost.without.iter().filter(|answer| answer.header("x-provenance-fallback").is_some()).count();
    let server_errors = lost.without.iter().filter(|answer| answer.status >= 500).count();
    println!(
        "\nThe agent is killed: {} more requests from one address, of a user agent that it refuses.",
        lost.without.len()
    );
    println!("  before: {}   after it is back: {}", lost.before.status, lost.after.status);
    println!(
        "  meanwhile: {} pass, {} meet HAProxy's own limit, {server_errors} end in 5xx, {marked} carry X-Provenance-Fallback",
        count(200),
        count(429),
    );
    let as_expected = lost.before.status == 403
        && lost.after.status == 403
        && count(200) == scenario::FALLBACK
        && count(429) == 1
        && marked == lost.without.len();
    Ok(usize::from(!as_expected))
}

fn print_answer(answer: &e2e::Answer, headers: &[&str]) {
    println!("  HTTP/1.1 {}", answer.status);
    for name in headers {
        if let Some(value) = answer.header(name) {
            println!("  {name}: {value}");
        }
    }
    for line in String::from_utf8_lossy(&answer.body).lines() {
        println!("  {line}");
    }
}

fn stay_up(chain: &Chain) -> Result<(), Error> {
    let (address, folder) = (chain.address, chain.folder().display());
    println!("\nThe chain stays up. Things to try in another terminal:");
    println!("  curl -i http://{address}/wikipedia/commons/a/a9/Example.jpg");
    println!("  curl -i -A python-requests/2.31.0 http://{address}/wikipedia/commons/a/a9/Example.jpg");
    println!(
        "  curl -i -A 'MyBot/1.0 (me@example.org)' http://{address}/wikipedia/commons/a/a9/Example.jpg?utm_source=en.wikipedia.org"
    );
    println!("  curl -i -A '' --interface 127.1.0.1 http://{address}/wiki/Main_Page     (a trusted network)");
    println!("  ls {folder}                                     (policy, logs, sockets)");
    println!("Ctrl-C ends it.");
    wait_for_a_signal()
}

/// Waits until somebody wants the demo to end, so that its parts and its folder go with it.
fn wait_for_a_signal() -> Result<(), Error> {
    use tokio::signal::unix::{SignalKind, signal};
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let waited = runtime.and_then(|runtime| {
        runtime.block_on(async {
            let mut terminate = signal(SignalKind::terminate())?;
            tokio::select! {
                interrupted = tokio::signal::ctrl_c() => interrupted,
                _ = terminate.recv() => Ok(()),
            }
        })
    });
    waited.map_err(|source| Error::File { path: "signals".into(), source })
}
