//! From the path of a derived file to the path of the file itself.

use regex_automata::Input;
use regex_automata::meta::{BuildError, Config, Regex};
use regex_automata::util::primitives::NonMaxUsize;

/// Highest group that a replacement may name.
const MAX_GROUP: usize = 9;
/// Start and end of the match and of each group.
const SLOTS: usize = 2 * (MAX_GROUP + 1);
/// Most memory of a compiled pattern, in bytes.
const MAX_COMPILED: usize = 256 * 1024;

/// A pattern and what takes the place of what it matches. Matching takes time linear in the path, whatever the pattern.
#[derive(Debug)]
pub(crate) struct Rewrite {
    pattern: Regex,
    replacement: Vec<Piece>,
}

#[derive(Debug, PartialEq, Eq)]
enum Piece {
    Literal(Box<[u8]>),
    Group(usize),
}

/// Why a rewrite cannot be compiled.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RewriteError {
    #[error("not a regular expression: {}", .0.syntax_error().map_or_else(|| .0.to_string(), ToString::to_string))]
    Pattern(Box<BuildError>),
    #[error("\"${0}\" names a group that the pattern does not have; it has {1}")]
    NoSuchGroup(usize, usize),
    #[error("\"$\" must be followed by a digit from 1 to {MAX_GROUP}, or by another \"$\" for itself")]
    Dollar,
}

impl Rewrite {
    pub(crate) fn compile(pattern: &str, replacement: &str) -> Result<Self, RewriteError> {
        let config = Config::new().nfa_size_limit(Some(MAX_COMPILED)).onepass_size_limit(Some(MAX_COMPILED));
        let syntax = regex_automata::util::syntax::Config::new().unicode(false).utf8(false);
        let pattern = Regex::builder()
            .configure(config.utf8_empty(false))
            .syntax(syntax)
            .build(pattern)
            .map_err(|error| RewriteError::Pattern(Box::new(error)))?;
        let groups = pattern.group_info().group_len(regex_automata::PatternID::ZERO).saturating_sub(1);
        Ok(Self { replacement: pieces(replacement, groups)?, pattern })
    }

    /// Hands the rewritten path to `piece`, part by part, without putting it together; false if the pattern does not match.
    pub(crate) fn apply<'p>(&'p self, path: &'p [u8], mut piece: impl FnMut(&'p [u8])) -> bool {
        let mut slots: [Option<NonMaxUsize>; SLOTS] = [None; SLOTS];
        if self.pattern.search_slots(&Input::new(path), &mut slots).is_none() {
            return false;
        }
        let slot = |n: usize| slots.get(n).copied().flatten().map(NonMaxUsize::get);
        let group = |n: usize| {
            let start = slot(n.saturating_mul(2))?;
            path.get(start..slot(n.saturating_mul(2).saturating_add(1))?)
        };
        let (Some(start), Some(end)) = (slot(0), slot(1)) else { return false };
        piece(path.get(..start).unwrap_or_default());
        for part in &self.replacement {
            match part {
                Piece::Literal(text) => piece(text),
                Piece::Group(n) => piece(group(*n).unwrap_or_default()),
            }
        }
        piece(path.get(end..).unwrap_or_default());
        true
    }
}

fn pieces(replacement: &str, groups: usize) -> Result<Vec<Piece>, RewriteError> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut characters = replacement.chars();
    while let Some(character) = characters.next() {
        if character != '$' {
            literal.push(character);
            continue;
        }
        match characters.next() {
            Some('$') => literal.push('$'),
            Some(digit @ '1'..='9') => {
                let group = digit.to_digit(10).and_then(|d| usize::try_from(d).ok()).unwrap_or(MAX_GROUP);
                if group > groups {
                    return Err(RewriteError::NoSuchGroup(group, groups));
                }
                if !literal.is_empty() {
                    pieces.push(Piece::Literal(std::mem::take(&mut literal).into_bytes().into()));
                }
                pieces.push(Piece::Group(group));
            }
            _ => return Err(RewriteError::Dollar),
        }
    }
    if !literal.is_empty() {
        pieces.push(Piece::Literal(literal.into_bytes().into()));
    }
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(rewrite: &Rewrite, path: &str) -> Option<String> {
        let mut result = Vec::new();
        rewrite
            .apply(path.as_bytes(), |piece| result.extend_from_slice(piece))
            .then(|| String::from_utf8(result).unwrap())
    }

    #[test]
    fn turns_a_thumbnail_into_its_file() {
        let rewrite = Rewrite::compile(
            "^/([^/]+)/([^/]+)/thumb/([0-9a-f])/([0-9a-f]{2})/([^/]+)/[^/]+$",
            "/$1/$2/$3/$4/$5",
        )
        .unwrap();
        let file = Some("/wikipedia/commons/a/a9/Example.jpg".to_owned());
        assert_eq!(rewritten(&rewrite, "/wikipedia/commons/thumb/a/a9/Example.jpg/120px-Example.jpg"), file);
        assert_eq!(rewritten(&rewrite, "/wikipedia/commons/a/a9/Example.jpg"), None);
    }

    #[test]
    fn keeps_what_the_pattern_does_not_cover() {
        let rewrite = Rewrite::compile("b+", "<$$>").unwrap();
        assert_eq!(rewritten(&rewrite, "abbc"), Some("a<$>c".to_owned()));
    }

    #[test]
    fn a_group_that_took_no_part_is_empty() {
        let rewrite = Rewrite::compile("^/(a)?(b)?$", "/$1-$2").unwrap();
        assert_eq!(rewritten(&rewrite, "/b"), Some("/-b".to_owned()));
    }

    #[test]
    fn refuses_what_cannot_be_meant() {
        assert!(matches!(Rewrite::compile("(", ""), Err(RewriteError::Pattern(_))));
        assert!(matches!(Rewrite::compile("(a)", "$2"), Err(RewriteError::NoSuchGroup(2, 1))));
        assert!(matches!(Rewrite::compile("(a)", "$a"), Err(RewriteError::Dollar)));
        assert!(matches!(Rewrite::compile("(a)", "$"), Err(RewriteError::Dollar)));
        assert!(matches!(Rewrite::compile("(?:a{1000}){1000}", ""), Err(RewriteError::Pattern(_))));
    }
}
