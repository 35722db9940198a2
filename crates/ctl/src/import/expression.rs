//! The expressions of actions.
//!
//! ```text
//! expression = item *( [ "AND" / "OR" ] [ "NOT" ] item )
//! item       = "pattern@" name / "ipblock@" name / "(" expression ")"
//! name       = 1*( ALPHA / DIGIT / "/" / "-" / "_" )
//! ```
//!
//! `NOT` binds closest, then `AND`, then `OR`: requestctl writes them as `!`, `&&` and `||` of VCL.

/// Longest expression, in bytes.
const MAX_BYTES: usize = 64 * 1024;
/// Most items, operators and parentheses of an expression.
const MAX_TOKENS: usize = 512;
/// Most parentheses that are open at once.
const MAX_DEPTH: usize = 16;

/// An expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expression {
    Pattern(String),
    Ipblock(String),
    Not(Box<Self>),
    All(Vec<Self>),
    Any(Vec<Self>),
}

impl Expression {
    /// Reads an expression; the error is a sentence that says what stands at which character.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if text.len() > MAX_BYTES {
            return Err(format!("longer than {MAX_BYTES} bytes"));
        }
        let tokens = tokens(text)?;
        let mut parser = Parser { tokens: &tokens, next: 0, depth: 0 };
        let expression = parser.any()?;
        match parser.peek() {
            None => Ok(expression),
            Some(token) => Err(format!("{}; expected AND, OR or the end", token.found())),
        }
    }
}

#[derive(Debug)]
struct Token<'t> {
    text: &'t str,
    /// Character of the expression, from 1.
    at: usize,
}

impl Token<'_> {
    fn found(&self) -> String {
        format!("character {}: \"{}\"", self.at, self.text.escape_debug())
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'@')
}

fn tokens(text: &str) -> Result<Vec<Token<'_>>, String> {
    let mut tokens = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let at = text.chars().count().saturating_sub(rest.chars().count()).saturating_add(1);
        let Some(first) = rest.chars().next() else { return Ok(tokens) };
        let length = match rest.bytes().position(|byte| !is_word(byte)).unwrap_or(rest.len()) {
            0 => first.len_utf8(),
            length => length,
        };
        let (token, behind) = rest.split_at_checked(length).unwrap_or((rest, ""));
        tokens.push(Token { text: token, at });
        if tokens.len() > MAX_TOKENS {
            return Err(format!("more than {MAX_TOKENS} items, operators and parentheses"));
        }
        rest = behind;
    }
}

struct Parser<'t> {
    tokens: &'t [Token<'t>],
    next: usize,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> Option<&'t Token<'t>> {
        self.tokens.get(self.next)
    }

    fn take(&mut self, text: &str) -> bool {
        let taken = self.peek().is_some_and(|token| token.text == text);
        self.next = self.next.saturating_add(usize::from(taken));
        taken
    }

    fn any(&mut self) -> Result<Expression, String> {
        let first = self.item()?;
        let mut all = vec![first];
        let mut any = Vec::new();
        loop {
            if self.take("OR") {
                any.push(one_or(Expression::All, std::mem::take(&mut all)));
            } else if !self.take("AND") {
                any.push(one_or(Expression::All, all));
                return Ok(one_or(Expression::Any, any));
            }
            let negated = self.take("NOT");
            let item = self.item()?;
            all.push(if negated { Expression::Not(Box::new(item)) } else { item });
        }
    }

    fn item(&mut self) -> Result<Expression, String> {
        const EXPECTED: &str = "expected pattern@scope/name, ipblock@scope/name or (";
        let Some(token) = self.peek() else { return Err(format!("ends too early; {EXPECTED}")) };
        self.next = self.next.saturating_add(1);
        if token.text == "(" {
            self.depth = self.depth.saturating_add(1);
            if self.depth > MAX_DEPTH {
                return Err(format!("more than {MAX_DEPTH} parentheses are open at character {}", token.at));
            }
            let inner = self.any()?;
            self.depth = self.depth.saturating_sub(1);
            return if self.take(")") {
                Ok(inner)
            } else {
                Err(format!("the parenthesis at character {} is not closed", token.at))
            };
        }
        match token.text.split_once('@') {
            Some(("pattern", name)) if is_name(name) => Ok(Expression::Pattern(name.to_owned())),
            Some(("ipblock", name)) if is_name(name) => Ok(Expression::Ipblock(name.to_owned())),
            _ if token.text == "NOT" => {
                Err(format!("{}: NOT stands behind AND or OR alone, as in requestctl", token.found()))
            }
            _ => Err(format!("{}; {EXPECTED}", token.found())),
        }
    }
}

fn is_name(name: &str) -> bool {
    name.split_once('/')
        .is_some_and(|(tag, name)| !tag.is_empty() && !name.is_empty() && !name.contains(['/', '@']))
}

fn one_or(join: fn(Vec<Expression>) -> Expression, mut parts: Vec<Expression>) -> Expression {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            join(parts)
        }
        None => join(parts),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(name: &str) -> Expression {
        Expression::Pattern(name.into())
    }

    #[test]
    fn and_binds_closer_than_or_and_not_closest() {
        let read = Expression::parse("pattern@a/1 OR pattern@a/2 AND NOT ipblock@b/3").unwrap();
        let not = Expression::Not(Box::new(Expression::Ipblock("b/3".into())));
        assert_eq!(read, Expression::Any(vec![pattern("a/1"), Expression::All(vec![pattern("a/2"), not])]));
    }

    #[test]
    fn parentheses_group_with_or_without_spaces_and_lines() {
        let tight = Expression::parse("(pattern@a/1 OR pattern@a/2)AND NOT(pattern@a/3)").unwrap();
        let wide = Expression::parse("\n( pattern@a/1\n OR pattern@a/2 )  AND   NOT ( pattern@a/3 )\n");
        assert_eq!(tight, wide.unwrap());
        let any = Expression::Any(vec![pattern("a/1"), pattern("a/2")]);
        assert_eq!(tight, Expression::All(vec![any, Expression::Not(Box::new(pattern("a/3")))]));
    }

    #[test]
    fn says_what_stands_where_it_breaks() {
        for (text, told) in [
            ("", "ends too early; expected pattern@scope/name, ipblock@scope/name or ("),
            ("pattern@a/1 AND", "ends too early; expected pattern@scope/name, ipblock@scope/name or ("),
            ("pattern@a/1 pattern@a/2", "character 13: \"pattern@a/2\"; expected AND, OR or the end"),
            ("(pattern@a/1", "the parenthesis at character 1 is not closed"),
            ("pattern@a/1)", "character 12: \")\"; expected AND, OR or the end"),
            ("NOT pattern@a/1", "character 1: \"NOT\": NOT stands behind AND or OR alone, as in requestctl"),
            ("pattern@a", "character 1: \"pattern@a\"; expected pattern@scope/name, ipblock@scope/name or ("),
            ("é", "character 1: \"é\"; expected pattern@scope/name, ipblock@scope/name or ("),
        ] {
            assert_eq!(Expression::parse(text).unwrap_err(), told, "{text}");
        }
    }

    #[test]
    fn depth_and_length_are_bounded() {
        let deep = format!("{}pattern@a/1{}", "(".repeat(100_000), ")".repeat(100_000));
        assert_eq!(Expression::parse(&deep).unwrap_err(), "longer than 65536 bytes");
        let many = "(".repeat(600);
        assert!(Expression::parse(&many).unwrap_err().contains("more than 512"));
        let deep = format!("{}pattern@a/1{}", "(".repeat(17), ")".repeat(17));
        assert!(Expression::parse(&deep).unwrap_err().contains("more than 16 parentheses"));
    }
}
