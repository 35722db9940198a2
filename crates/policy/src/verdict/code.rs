use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::Timestamp;

/// Seven hexadecimal digits that name a rule and its stage. They depend on nothing else, so both proxies print the same and
/// a code of last week still leads to its rule.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Code([u8; 7]);

impl Code {
    /// The code of a rule; `stage` is the time from which on its stage applies.
    #[must_use]
    pub fn new(reason: &str, stage: Option<Timestamp>) -> Self {
        let stage = stage.map_or_else(String::new, |from| from.seconds().to_string());
        let digest = Sha256::digest(format!("{reason}\n{stage}"));
        let nibbles = digest.iter().flat_map(|byte| [byte >> 4, byte & 0x0f]);
        let mut code = [b'0'; 7];
        for (digit, nibble) in code.iter_mut().zip(nibbles) {
            *digit = char::from_digit(nibble.into(), 16).and_then(|c| u8::try_from(c).ok()).unwrap_or(b'0');
        }
        Self(code)
    }

    /// The digits, lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // The digits are ASCII by construction.
        str::from_utf8(&self.0).unwrap_or("0000000")
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Code({self})")
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_the_start_of_the_digest_and_stays_what_it_is() {
        // printf 'ua.none\n' | sha256sum
        assert_eq!(Code::new("ua.none", None).as_str(), "ed48a4f");
    }

    #[test]
    fn differs_by_stage() {
        let stage = |seconds| Some(Timestamp::from_seconds(seconds));
        assert_ne!(Code::new("ua.none", stage(1)), Code::new("ua.none", stage(2)));
    }
}
