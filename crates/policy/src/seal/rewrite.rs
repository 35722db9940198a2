//! From the path of a derived file to the path of the file itself.

use std::cell::RefCell;

use regex_automata::dfa::onepass;
use regex_automata::meta::{BuildError, Regex};
use regex_automata::nfa::thompson;
use regex_automata::util::primitives::NonMaxUsize;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input, MatchKind, PatternID};

/// Highest group that a replacement may name.
const MAX_GROUP: usize = 9;
/// Start and end of the match and of each group.
const SLOTS: usize = 2 * (MAX_GROUP + 1);
/// Most memory of a compiled pattern, in bytes.
const MAX_COMPILED: usize = 256 * 1024;

type Slots = [Option<NonMaxUsize>; SLOTS];

/// A pattern and what takes the place of a path that it matches as a whole. Matching takes time linear in the path, whatever
/// the pattern.
#[derive(Debug)]
pub(crate) struct Rewrite {
    pattern: Pattern,
    replacement: Vec<Piece>,
}

#[derive(Debug)]
enum Pattern {
    /// Never has a choice, as with a path's segments between slashes: its groups fall out of one pass.
    OnePass(Box<onepass::DFA>),
    /// Any other. A search borrows memory from a pool of the pattern, which takes a lock unless one thread alone searches.
    Any(Box<Regex>),
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
        let any = compile_any(pattern).map_err(RewriteError::Pattern)?;
        let groups = any.group_info().group_len(PatternID::ZERO).saturating_sub(1);
        // The whole path or nothing: implementations differ in what they make of the rest.
        let whole = format!("^(?:{pattern})$");
        let pattern = match compile_one_pass(&whole) {
            Some(dfa) => Pattern::OnePass(Box::new(dfa)),
            None => Pattern::Any(Box::new(compile_any(&whole).map_err(RewriteError::Pattern)?)),
        };
        Ok(Self { replacement: pieces(replacement, groups)?, pattern })
    }

    /// Hands the rewritten path to `piece`, part by part, without putting it together; false if the pattern does not match.
    pub(crate) fn apply<'p>(&'p self, path: &'p [u8], mut piece: impl FnMut(&'p [u8])) -> bool {
        let mut slots = [None; SLOTS];
        if !self.pattern.search(path, &mut slots) {
            return false;
        }
        let slot = |n: usize| slots.get(n).copied().flatten().map(NonMaxUsize::get);
        let group = |n: usize| {
            let start = slot(n.saturating_mul(2))?;
            path.get(start..slot(n.saturating_mul(2).saturating_add(1))?)
        };
        for part in &self.replacement {
            match part {
                Piece::Literal(text) => piece(text),
                Piece::Group(n) => piece(group(*n).unwrap_or_default()),
            }
        }
        true
    }
}

impl Pattern {
    fn search(&self, path: &[u8], slots: &mut Slots) -> bool {
        match self {
            Self::OnePass(dfa) => search_one_pass(dfa, path, slots),
            Self::Any(regex) => regex.search_slots(&Input::new(path), slots).is_some(),
        }
    }
}

fn search_one_pass(dfa: &onepass::DFA, path: &[u8], slots: &mut Slots) -> bool {
    thread_local! {
        /// The memory of a search, for every pattern of the thread: no lock, and no allocation once it is there.
        static CACHE: RefCell<Option<onepass::Cache>> = const { RefCell::new(None) };
    }
    CACHE.with_borrow_mut(|cache| {
        let cache = cache.get_or_insert_with(|| dfa.create_cache());
        cache.reset(dfa);
        let input = Input::new(path).anchored(Anchored::Yes);
        dfa.try_search_slots(cache, &input, slots).is_ok_and(|found| found.is_some())
    })
}

/// Bytes rather than Unicode: a normalised path is ASCII.
fn syntax() -> syntax::Config {
    syntax::Config::new().unicode(false).utf8(false)
}

fn compile_any(pattern: &str) -> Result<Regex, Box<BuildError>> {
    let config = Regex::config().nfa_size_limit(Some(MAX_COMPILED)).utf8_empty(false);
    Regex::builder().configure(config).syntax(syntax()).build(pattern).map_err(Box::new)
}

fn compile_one_pass(pattern: &str) -> Option<onepass::DFA> {
    let thompson = thompson::Config::new().nfa_size_limit(Some(MAX_COMPILED)).utf8(false);
    let nfa = thompson::Compiler::new().configure(thompson).syntax(syntax()).build(pattern).ok()?;
    let config = onepass::Config::new().size_limit(Some(MAX_COMPILED)).match_kind(MatchKind::LeftmostFirst);
    onepass::Builder::new().configure(config).build_from_nfa(nfa).ok()
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
    fn takes_one_pass_for_the_segments_of_a_path() {
        let shipped = "^/([^/]+)/([^/]+)/thumb/([0-9a-f])/([0-9a-f]{2})/([^/]+)/[^/]+$";
        assert!(matches!(Rewrite::compile(shipped, "/$1").unwrap().pattern, Pattern::OnePass(_)));
        assert!(matches!(Rewrite::compile("^/(a*)(a*)$", "$1").unwrap().pattern, Pattern::Any(_)));
    }

    #[test]
    fn patterns_of_one_thread_share_memory_and_nothing_else() {
        let (one, three) =
            (Rewrite::compile("^/(a)$", "$1").unwrap(), Rewrite::compile("^/(a)(b)(c)$", "$3$2$1").unwrap());
        for _ in 0..2 {
            assert_eq!(rewritten(&one, "/a"), Some("a".to_owned()));
            assert_eq!(rewritten(&three, "/abc"), Some("cba".to_owned()));
            assert_eq!(rewritten(&three, "/ab"), None);
        }
    }

    #[test]
    fn matches_the_whole_path_or_nothing() {
        let rewrite = Rewrite::compile("/b+|/c", "<$$>").unwrap();
        assert_eq!(rewritten(&rewrite, "/bb"), Some("<$>".to_owned()));
        assert_eq!(rewritten(&rewrite, "/c"), Some("<$>".to_owned()));
        assert_eq!((rewritten(&rewrite, "a/bb"), rewritten(&rewrite, "/bb/")), (None, None));
        assert_eq!(rewritten(&rewrite, "/bb\n"), None);
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
