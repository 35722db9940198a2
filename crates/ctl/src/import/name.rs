//! Names of what is made, each given once.

use std::collections::HashSet;

/// Names that are given.
pub(super) struct Names {
    given: HashSet<String>,
    longest: usize,
    /// What stands before the number of a name that is taken.
    separator: char,
}

impl Names {
    /// Names of at most `longest` bytes other than those in `taken`.
    pub(super) fn new<'n>(taken: impl IntoIterator<Item = &'n str>, longest: usize, separator: char) -> Self {
        Self { given: taken.into_iter().map(str::to_owned).collect(), longest, separator }
    }

    /// The first of `wanted`, which are ASCII, that is free; else the last of them with a number.
    pub(super) fn first_free(&mut self, wanted: &[String]) -> String {
        let cut = |name: &str, room: usize| name.get(..room.min(name.len())).unwrap_or(name).to_owned();
        for name in wanted {
            let name = cut(name, self.longest);
            if self.given.insert(name.clone()) {
                return name;
            }
        }
        let last = wanted.last().map_or("", |name| &**name);
        let mut number = 2_usize;
        loop {
            let suffix = format!("{}{number}", self.separator);
            let name = format!("{}{suffix}", cut(last, self.longest.saturating_sub(suffix.len())));
            if self.given.insert(name.clone()) {
                return name;
            }
            number = number.saturating_add(1);
        }
    }

    /// A name of `a-z`, `0-9` and `_` that begins with a letter, made of `wanted`.
    pub(super) fn identifier(&mut self, wanted: &str) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
        let name: String = wanted.chars().map(plain).collect();
        let begins = name.starts_with(|first: char| first.is_ascii_lowercase());
        self.first_free(&[if begins { name } else { format!("n_{name}") }])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_given_once_and_is_never_too_long() {
        let mut names = Names::new(["cli"], 8, '_');
        let given: Vec<_> = ["Ua/Curl", "ua-curl", "cli", "1", "a-very-long-one", "a-very-long-two"]
            .map(|wanted| names.identifier(wanted))
            .into();
        assert_eq!(given, ["ua_curl", "ua_cur_2", "cli_2", "n_1", "a_very_l", "a_very_2"]);
    }
}
