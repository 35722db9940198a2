//! What is shown with more than one request: a limit that is reached, and an agent that is gone.

use std::net::Ipv4Addr;

use crate::http::Answer;
use crate::{Ask, Chain, Error};

/// Requests that the limit of the demo's policy lets one address send at once.
pub const BURST: usize = 10;
/// Requests in ten seconds that HAProxy's own limit lets one address send while there is no verdict.
pub const FALLBACK: usize = 20;

/// Sends one request more than the limit lets pass, from one address; the answers in their order.
///
/// # Errors
/// If a request gets no answer.
pub fn exceed_the_limit(chain: &Chain, from: Ipv4Addr) -> Result<Vec<Answer>, Error> {
    Ask::browser(from).repeat(chain, BURST + 1)
}

/// Kills the agent between requests of one address; the answers of before, of after, and of after it is back.
///
/// # Errors
/// If a request gets no answer, or the agent does not start again.
pub fn lose_the_agent(chain: &mut Chain, mut from: impl FnMut() -> Ipv4Addr) -> Result<LostAgent, Error> {
    let before = Ask::library(from()).send(chain)?;
    chain.kill_agent();
    let without = Ask::library(from()).repeat(chain, FALLBACK + 1)?;
    chain.start_agent(&[])?;
    let after = Ask::library(from()).send(chain)?;
    Ok(LostAgent { before, without, after })
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
