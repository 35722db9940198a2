//! Regular expressions of patterns, as far as they stand for a few fixed texts.
//!
//! requestctl hands them to PCRE. Only what means the same in PCRE and in Rust's syntax is read; the rest is told as it stands.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Dot, Hir, HirKind, Look, Repetition};

/// Longest expression that is read, in bytes.
const MAX_BYTES: usize = 1024;
/// Most texts that one expression stands for.
const MAX_TEXTS: usize = 64;
/// Most bytes that they have together.
const MAX_TEXT_BYTES: usize = 4096;
/// Most bytes that a class such as `[Ww]` stands for.
const MAX_CLASS: usize = 4;

/// Texts that an expression finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Texts {
    /// Whether they stand at the start.
    pub(super) at_start: bool,
    pub(super) end: End,
    pub(super) texts: Vec<String>,
    /// Whether a `.`, which stands for any byte, is read as a dot.
    pub(super) dots: bool,
    /// Whether the case of letters does not count.
    pub(super) ignores_case: bool,
}

/// What follows the texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Anything.
    Open,
    /// Nothing: `$`.
    Closed,
    /// Nothing, or a query: `(\?|$)`.
    Query,
}

impl Texts {
    /// The texts of each alternative. The error says why there are none.
    pub(super) fn parse(regex: &str) -> Result<Vec<Self>, &'static str> {
        if regex.len() > MAX_BYTES {
            return Err("longer than 1024 bytes");
        }
        let (ignores_case, plain) = match regex.strip_prefix("(?i)") {
            Some(rest) => (true, rest),
            None => (false, regex),
        };
        if differs(plain) {
            return Err("has what PCRE alone understands, or understands otherwise");
        }
        let parsed = ParserBuilder::new().unicode(false).utf8(false).nest_limit(32).build().parse(plain);
        let hir = parsed.map_err(|_| "has what PCRE alone understands")?;
        let whole = without_group(&hir);
        let alternatives = match whole.kind() {
            HirKind::Alternation(parts) => parts.iter().collect(),
            _ => vec![whole],
        };
        alternatives.into_iter().map(|part| Self::of(part, ignores_case)).collect()
    }

    fn of(hir: &Hir, ignores_case: bool) -> Result<Self, &'static str> {
        let hir = without_group(hir);
        let mut parts: &[Hir] = match hir.kind() {
            HirKind::Concat(parts) => parts,
            _ => std::slice::from_ref(hir),
        };
        let mut at_start = false;
        while let Some((first, behind)) = parts.split_first() {
            match first.kind() {
                HirKind::Look(Look::Start) => at_start = true,
                _ if is_anything(first) => at_start = false,
                _ => break,
            }
            parts = behind;
            if !at_start {
                break;
            }
        }
        let mut end = End::Open;
        if let Some((last, before)) = parts.split_last() {
            if matches!(last.kind(), HirKind::Look(Look::End)) {
                (end, parts) = (End::Closed, before);
            } else if is_query_or_end(last) {
                (end, parts) = (End::Query, before);
            }
        }
        if let Some((last, before)) = parts.split_last()
            && is_anything(last)
        {
            (end, parts) = (End::Open, before);
        }
        let mut dots = false;
        let mut texts = vec![Vec::new()];
        for part in parts {
            texts = joined(&texts, &expand(part, &mut dots)?)?;
        }
        let texts = texts.into_iter().map(String::from_utf8).collect::<Result<_, _>>();
        let texts = texts.map_err(|_| "is not a fixed text")?;
        Ok(Self { at_start, end, texts, dots, ignores_case })
    }
}

/// What stands in the parentheses around all of an expression.
fn without_group(mut hir: &Hir) -> &Hir {
    while let HirKind::Capture(capture) = hir.kind() {
        hir = &capture.sub;
    }
    hir
}

/// Whether PCRE and Rust's syntax may read an expression differently.
fn differs(regex: &str) -> bool {
    let groups =
        regex.match_indices("(?").any(|(at, _)| !regex.get(at..).is_some_and(|g| g.starts_with("(?:")));
    // Sets within sets, the edges of words, and a $ before a line break at the end, which no header has.
    groups || ["[[", "&&", "--", "~~", "\\<", "\\>", "\\b", "\\B"].iter().any(|text| regex.contains(text))
}

/// `.*`, greedy or not.
fn is_anything(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Repetition(Repetition { min: 0, max: None, sub, .. }) => is_dot(sub),
        HirKind::Capture(capture) => is_anything(&capture.sub),
        _ => false,
    }
}

fn is_dot(hir: &Hir) -> bool {
    *hir == Hir::dot(Dot::AnyByteExceptLF)
}

/// `(\?|$)`, in either order.
fn is_query_or_end(hir: &Hir) -> bool {
    let is_query = |hir: &Hir| matches!(hir.kind(), HirKind::Literal(text) if &*text.0 == b"?");
    let is_end = |hir: &Hir| matches!(hir.kind(), HirKind::Look(Look::End));
    match hir.kind() {
        HirKind::Capture(capture) => is_query_or_end(&capture.sub),
        HirKind::Alternation(parts) => match &**parts {
            [a, b] => (is_query(a) && is_end(b)) || (is_query(b) && is_end(a)),
            _ => false,
        },
        _ => false,
    }
}

/// The texts that a part stands for. As deep as the parser's limit of nesting lets it be.
fn expand(hir: &Hir, dots: &mut bool) -> Result<Vec<Vec<u8>>, &'static str> {
    const NOT_FIXED: &str = "is not a fixed text";
    match hir.kind() {
        HirKind::Empty => Ok(vec![Vec::new()]),
        HirKind::Literal(text) => Ok(vec![text.0.to_vec()]),
        _ if is_dot(hir) => {
            *dots = true;
            Ok(vec![b".".to_vec()])
        }
        HirKind::Class(class) => members(class).ok_or(NOT_FIXED),
        HirKind::Capture(capture) => expand(&capture.sub, dots),
        HirKind::Repetition(Repetition { min: 0, max: Some(1), sub, .. }) => {
            let mut texts = expand(sub, dots)?;
            texts.push(Vec::new());
            Ok(texts)
        }
        HirKind::Concat(parts) => {
            let mut texts = vec![Vec::new()];
            for part in parts {
                texts = joined(&texts, &expand(part, dots)?)?;
            }
            Ok(texts)
        }
        HirKind::Alternation(parts) => {
            let mut texts = Vec::new();
            for part in parts {
                texts.extend(expand(part, dots)?);
                if texts.len() > MAX_TEXTS {
                    return Err("stands for more than 64 texts");
                }
            }
            Ok(texts)
        }
        _ => Err(NOT_FIXED),
    }
}

/// The bytes that a class stands for, each as a text; none where they are many. `(a|b)` is a class of characters.
fn members(class: &Class) -> Option<Vec<Vec<u8>>> {
    let bytes: Vec<u8> = match class {
        Class::Bytes(class) => {
            let bytes = class.ranges().iter().flat_map(|range| range.start()..=range.end());
            bytes.take(MAX_CLASS.saturating_add(1)).collect()
        }
        Class::Unicode(class) => {
            let chars = class.ranges().iter().flat_map(|range| range.start()..=range.end());
            let chars = chars.take(MAX_CLASS.saturating_add(1));
            chars.map(|c| u8::try_from(c).ok().filter(u8::is_ascii)).collect::<Option<_>>()?
        }
    };
    (bytes.len() <= MAX_CLASS).then(|| bytes.into_iter().map(|byte| vec![byte]).collect())
}

fn joined(starts: &[Vec<u8>], ends: &[Vec<u8>]) -> Result<Vec<Vec<u8>>, &'static str> {
    let bytes = |texts: &[Vec<u8>]| texts.iter().map(Vec::len).sum::<usize>();
    let total =
        bytes(starts).saturating_mul(ends.len()).saturating_add(bytes(ends).saturating_mul(starts.len()));
    if starts.len().saturating_mul(ends.len()) > MAX_TEXTS || total > MAX_TEXT_BYTES {
        return Err("stands for more than 64 texts, or for more than 4096 bytes");
    }
    Ok(starts.iter().flat_map(|start| ends.iter().map(move |end| [&**start, end].concat())).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex_automata::meta::Regex;
    use regex_automata::util::syntax;

    use super::*;

    fn texts(regex: &str) -> (bool, End, Vec<String>, bool) {
        let mut all = Texts::parse(regex).unwrap();
        assert_eq!(all.len(), 1, "{regex}: {all:?}");
        let Texts { at_start, end, texts, dots, .. } = all.remove(0);
        (at_start, end, texts, dots)
    }

    fn of(list: &[&str]) -> Vec<String> {
        list.iter().map(|&text| text.to_owned()).collect()
    }

    #[test]
    fn anchors_and_what_means_anything_are_told_apart_from_the_text() {
        assert_eq!(texts("^curl/"), (true, End::Open, of(&["curl/"]), false));
        assert_eq!(texts("^curl/.*$"), (true, End::Open, of(&["curl/"]), false));
        assert_eq!(texts("^.*curl"), (false, End::Open, of(&["curl"]), false));
        assert_eq!(texts("^-?$"), (true, End::Closed, of(&["-", ""]), false));
        assert_eq!(texts(r"^/w/api\.php(\?|$)"), (true, End::Query, of(&["/w/api.php"]), false));
        assert_eq!(texts("/w/api.php"), (false, End::Open, of(&["/w/api.php"]), true));
    }

    #[test]
    fn choices_stand_for_their_texts() {
        assert_eq!(texts("^(curl|wget)/").2, of(&["curl/", "wget/"]));
        assert_eq!(texts("[Ww]get-?x").2, of(&["Wget-x", "Wgetx", "wget-x", "wgetx"]));
        let both = Texts::parse("^curl/|bot$").unwrap();
        assert_eq!((both[0].at_start, both[1].end), (true, End::Closed));
        assert!(Texts::parse("(?i)^curl/").unwrap()[0].ignores_case);
        assert_eq!(texts("^(a|b)bot").2, of(&["abot", "bbot"]));
        assert!(Texts::parse(&"(a|b)".repeat(17)).unwrap_err().contains("more than 64"));
        assert_eq!(texts("(^curl/|^wget/)").2, of(&["curl/", "wget/"]));
        assert_eq!(texts(r"^\/w\/").2, of(&["/w/"]));
    }

    #[test]
    fn what_is_no_fixed_text_or_reads_otherwise_in_pcre_is_refused() {
        for regex in [
            r"q=\w{12}",
            "a+",
            "[a-z]x",
            "(?=x)y",
            "(?R)",
            r"\bbot\b",
            r"\<bot",
            "[[:alpha:]]",
            "a{2,}",
            "(a|b|c|d|e){9}",
            "(",
            "^/wiki/.+:",
            r"(x)\1",
            "a$b",
        ] {
            assert!(Texts::parse(regex).is_err(), "{regex}: {:?}", Texts::parse(regex));
        }
        assert!(Texts::parse(&"(".repeat(2000)).is_err());
        assert!(Texts::parse(&format!("{}a{}", "(".repeat(400), ")".repeat(400))).is_err());
    }
    /// Whether one of the texts is found, as the expression would find it.
    fn finds(all: &[Texts], text: &str) -> bool {
        all.iter().any(|found| {
            found.texts.iter().any(|wanted| {
                (0..=text.len()).any(|at| {
                    let Some(behind) = text[at..].strip_prefix(&**wanted) else { return false };
                    let ends = match found.end {
                        End::Open => true,
                        End::Closed => behind.is_empty(),
                        End::Query => behind.is_empty() || behind.starts_with('?'),
                    };
                    ends && (at == 0 || !found.at_start)
                })
            })
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_texts_find_what_the_expression_finds(
            regex in r"\^?[ab]{0,2}(\(a\|b/?\)|\[ab\]|\(b\|\$\)|a\?|\.\*|\||\^|\$){0,3}[ab/]{0,2}(\$|\.\*|\(\\\?\|\$\))?",
            texts in prop::collection::vec("[ab/?]{0,6}", 8),
        ) {
            let syntax = syntax::Config::new().unicode(false).utf8(false);
            if let (Ok(read), Ok(engine)) = (Texts::parse(&regex), Regex::builder().syntax(syntax).build(&regex)) {
                for text in texts {
                    prop_assert_eq!(finds(&read, &text), engine.is_match(&text), "{} in {}: {:?}", regex, text, read);
                }
            }
        }
    }
}
