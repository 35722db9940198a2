use std::fmt;

use super::Pass;
use crate::Timestamp;

/// The line that a person pastes into the browser's console to get a pass.
///
/// ```text
/// document.cookie = "GoodFriend=1; domain=.wikipedia.beta.example.org; path=/; Max-Age=31536000; SameSite=Lax; Secure"
/// ```
///
/// It holds the value, so that whoever reads it has the pass. No byte that a cookie can carry (RFC 6265 section 4.1.1) ends a
/// string of JavaScript.
#[derive(Clone, Copy)]
pub struct Snippet<'a> {
    pass: &'a Pass,
    value: &'a str,
}

impl Pass {
    /// The line for the value that counts longest; nothing where none counts any more.
    #[must_use]
    pub fn snippet(&self, now: Timestamp) -> Option<Snippet<'_>> {
        let longest = self.values.iter().filter(|value| now < value.until).max_by_key(|value| value.until)?;
        Some(Snippet { pass: self, value: &longest.text })
    }
}

impl fmt::Display for Snippet<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pass, value } = self;
        write!(f, "document.cookie = \"{}={value}", pass.name)?;
        if let Some(domain) = &pass.domain {
            write!(f, "; domain={domain}")?;
        }
        // Max-Age rather than a date: the line stays right, whenever it is pasted.
        write!(f, "; path=/; Max-Age={}; SameSite=Lax; Secure\"", pass.max_age.as_secs())
    }
}

/// Without the value.
impl fmt::Debug for Snippet<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snippet").field("pass", self.pass).field("value_bytes", &self.value.len()).finish()
    }
}
