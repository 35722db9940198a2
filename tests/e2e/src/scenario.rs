//! What is shown with more than one request: a limit that is reached, and an agent that is gone.

use std::net::Ipv4Addr;
use std::thread;
use std::time::{Duration, Instant};

use crate::http::{Answer, RawRequest};
use crate::{Chain, Error};

/// Requests that the limit of the demo's policy lets one address send at once.
pub const BURST: usize = 10;
/// Requests in ten seconds that HAProxy's own limit lets one address send while there is no verdict.
pub const FALLBACK: usize = 20;

/// A browser's user agent.
pub const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
/// A user agent that the policy refuses.
pub const LIBRARY: &str = "python-requests/2.31.0";

/// Asks for one image with a user agent.
///
/// # Errors
/// If there is no answer.
pub fn ask_as(chain: &Chain, user_agent: &str, from: Ipv4Addr) -> Result<Answer, Error> {
    let line = "GET /wikipedia/commons/a/a9/Example.jpg HTTP/1.1";
    let headers = [("Host", &b"upload.wikimedia.org"[..]), ("User-Agent", user_agent.as_bytes())];
    RawRequest::new(user_agent, from, line, headers).ask(chain.address)
}

/// Sends one request more than the limit lets pass, from one address; the answers in their order.
///
/// # Errors
/// If a request gets no answer.
pub fn exceed_the_limit(chain: &Chain, from: Ipv4Addr) -> Result<Vec<Answer>, Error> {
    (0..=BURST).map(|_| ask_as(chain, BROWSER, from)).collect()
}

/// Kills the agent between requests of one address; the answers of before, of after, and of after it is back.
///
/// # Errors
/// If a request gets no answer, or the agent does not start again.
pub fn lose_the_agent(chain: &mut Chain, mut from: impl FnMut() -> Ipv4Addr) -> Result<LostAgent, Error> {
    let before = ask_as(chain, LIBRARY, from())?;
    chain.kill_agent();
    let one = from();
    let without = (0..=FALLBACK).map(|_| ask_as(chain, LIBRARY, one)).collect::<Result<_, _>>()?;
    chain.start_agent(&[])?;
    let after = ask_until_decided(chain, from)?;
    Ok(LostAgent { before, without, after })
}

/// Asks until the agent decides again: HAProxy takes it back when its health check has succeeded, within a second.
fn ask_until_decided(chain: &Chain, mut from: impl FnMut() -> Ipv4Addr) -> Result<Answer, Error> {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let answer = ask_as(chain, LIBRARY, from())?;
        if answer.header("x-provenance-fallback").is_none() || Instant::now() > deadline {
            return Ok(answer);
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// What [`lose_the_agent`] saw.
#[derive(Debug)]
pub struct LostAgent {
    /// With the agent.
    pub before: Answer,
    /// Without it: one more than HAProxy's own limit lets pass.
    pub without: Vec<Answer>,
    /// With the agent again.
    pub after: Answer,
}
