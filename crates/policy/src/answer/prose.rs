use std::fmt::{self, Write};

use super::Answer;
use super::untrusted::Untrusted;

/// Takes down sentences; each medium marks up in its own way what is more than words.
pub(super) trait Prose {
    /// Words.
    fn words(&mut self, words: fmt::Arguments<'_>) -> fmt::Result;
    /// A name to be taken literally, such as that of a header.
    fn name(&mut self, name: &str) -> fmt::Result;
    /// A user agent that was sent; ends its sentence.
    fn sent(&mut self, user_agent: Untrusted<'_>) -> fmt::Result;
    /// A user agent as it should be; ends its sentence.
    fn example(&mut self, user_agent: &str) -> fmt::Result;
    /// The address to write to.
    fn email(&mut self, answer: &Answer<'_>) -> fmt::Result;
    /// The page that explains the policy.
    fn policy(&mut self, answer: &Answer<'_>) -> fmt::Result;
}

/// Sentences without any markup.
pub(super) struct Plain<'w>(pub(super) &'w mut dyn Write);

impl Prose for Plain<'_> {
    fn words(&mut self, words: fmt::Arguments<'_>) -> fmt::Result {
        self.0.write_fmt(words)
    }

    fn name(&mut self, name: &str) -> fmt::Result {
        self.0.write_str(name)
    }

    fn sent(&mut self, user_agent: Untrusted<'_>) -> fmt::Result {
        write!(self.0, " \"{user_agent}\".")
    }

    fn example(&mut self, user_agent: &str) -> fmt::Result {
        write!(self.0, " {user_agent}.")
    }

    fn email(&mut self, answer: &Answer<'_>) -> fmt::Result {
        self.0.write_str(&answer.refusal.operator.email)
    }

    fn policy(&mut self, answer: &Answer<'_>) -> fmt::Result {
        self.0.write_str(&answer.refusal.operator.url)
    }
}
