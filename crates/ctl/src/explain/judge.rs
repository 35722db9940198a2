use std::io::{self, BufRead, Read as _};

use limits::{Seed, Table};
use policy::decide::Step;
use policy::session::SessionCache;
use policy::{Memory, Policy, Request, Timestamp, Verdict};

use crate::request::{LineError, RequestLine};
use crate::{Console, Error};

/// Longest line that is read, in bytes.
pub(super) const MAX_LINE: usize = 1024 * 1024;

/// Clients that the limits tell apart where many requests are judged: 32 MB, as the agent by default.
const KEYS: usize = 1_000_000;

/// A policy, and what it remembers from one request to the next.
pub(super) struct Judge<'p> {
    policy: &'p Policy,
    limits: Table,
    sessions: SessionCache,
}

/// A request, and all that is to be said of it.
pub(super) struct Explained<'r, 'a> {
    pub(super) policy: &'a Policy,
    pub(super) request: &'r Request<'a>,
    pub(super) now: Timestamp,
    pub(super) verdict: Verdict<'a>,
    pub(super) steps: Vec<Step<'a>>,
}

impl<'p> Judge<'p> {
    /// For one request.
    pub(super) fn of_one(policy: &'p Policy) -> Result<Self, Error> {
        Self::new(policy, 64)
    }

    /// For as many as come.
    pub(super) fn of_many(policy: &'p Policy) -> Result<Self, Error> {
        Self::new(policy, KEYS)
    }

    /// Nobody who sends requests chooses what is judged here, so that the seeds may be known, and the same question has the same
    /// answer.
    fn new(policy: &'p Policy, keys: usize) -> Result<Self, Error> {
        let no_memory = |why: &dyn std::fmt::Display| Error::Write(io::Error::other(why.to_string()));
        let limits = Table::new(keys, &Seed::from([0; 16])).map_err(|why| no_memory(&why))?;
        let sessions = SessionCache::new(keys, [0; 32]).map_err(|why| no_memory(&why))?;
        Ok(Self { policy, limits, sessions })
    }

    /// What the policy says, and each rule that it asked.
    pub(super) fn explain<'a>(
        &'a self,
        request: &Request<'a>,
        now: Timestamp,
    ) -> (Verdict<'a>, Vec<Step<'a>>) {
        self.policy.explain(request, &self.sessions, Some(&self.limits), now)
    }

    /// Writes the verdict on a line; the inner error says why it is no request.
    pub(super) fn verdict(
        &self,
        line: &[u8],
        now: Timestamp,
        console: &mut Console<'_>,
    ) -> Result<Result<(), LineError>, Error> {
        let request = match RequestLine::parse(line) {
            Ok(request) => request,
            Err(why) => return Ok(Err(why)),
        };
        let memory = Memory { limits: &self.limits, sessions: &self.sessions };
        let now = request.time.unwrap_or(now);
        console.object(&self.policy.decide(&request.request(self.policy), memory, now))?;
        Ok(Ok(()))
    }
}

/// What was read.
pub(super) enum Line {
    Read,
    TooLong,
    End,
}

/// Reads one line of at most [`MAX_LINE`] bytes; what is longer is read over.
pub(super) fn read_line(from: &mut dyn BufRead, line: &mut Vec<u8>) -> io::Result<Line> {
    let most = u64::try_from(MAX_LINE).unwrap_or(u64::MAX);
    let read = from.take(most.saturating_add(1)).read_until(b'\n', line)?;
    if read == 0 {
        return Ok(Line::End);
    }
    if read <= MAX_LINE || line.ends_with(b"\n") {
        return Ok(Line::Read);
    }
    loop {
        let buffer = from.fill_buf()?;
        let (used, ended) = match buffer.iter().position(|byte| *byte == b'\n') {
            Some(at) => (at.saturating_add(1), true),
            None => (buffer.len(), buffer.is_empty()),
        };
        from.consume(used);
        if ended {
            return Ok(Line::TooLong);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_too_long_is_read_over_and_the_next_one_read() {
        let mut text = vec![b'x'; MAX_LINE + 3];
        text.extend(b"\nnext\n");
        let mut from = &text[..];
        let mut line = Vec::new();
        assert!(matches!(read_line(&mut from, &mut line).unwrap(), Line::TooLong));
        line.clear();
        assert!(matches!(read_line(&mut from, &mut line).unwrap(), Line::Read));
        assert_eq!(line, b"next\n");
        assert!(matches!(read_line(&mut from, &mut line).unwrap(), Line::End));
    }
}
