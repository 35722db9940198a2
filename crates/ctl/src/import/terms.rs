//! An expression as the ways in which it can hold.

use super::condition::{Atom, Literal, conditions};
use super::expression::Expression;
use super::object::{Kind, Object};

/// Most ways in which an expression can hold.
const MAX_TERMS: usize = 64;
/// Most conditions of one of them.
const MAX_LITERALS: usize = 64;

/// Conditions all of which must hold.
pub(super) type Term = Vec<Literal>;

/// What an expression names.
pub(super) struct Named<'o> {
    pub(super) objects: &'o [Object],
    /// The type of the action, which says what a proxy compares with.
    pub(super) proxy: Kind,
}

impl Named<'_> {
    fn find(&self, kind: Kind, name: &str) -> Result<&Object, String> {
        let found = self.objects.binary_search_by(|object| (object.kind, &*object.name).cmp(&(kind, name)));
        let object = found.ok().and_then(|place| self.objects.get(place));
        object.ok_or_else(|| format!("{}@{name} is not there, or could not be read", kind.as_str()))
    }

    /// The terms one of which holds where `expression` holds: its disjunctive normal form.
    pub(super) fn terms(&self, expression: &Expression) -> Result<Vec<Term>, String> {
        let mut terms = self.expand(expression, false)?;
        for term in &mut terms {
            let mut unique: Term = Vec::new();
            for literal in term.drain(..) {
                if !unique
                    .iter()
                    .any(|known| (&known.atom, known.negated) == (&literal.atom, literal.negated))
                {
                    unique.push(literal);
                }
            }
            *term = unique;
        }
        terms.retain(|term| !contradicts_itself(term));
        Ok(terms)
    }

    fn expand(&self, expression: &Expression, negated: bool) -> Result<Vec<Term>, String> {
        match expression {
            Expression::Not(inner) => self.expand(inner, !negated),
            Expression::All(parts) if !negated => self.all(parts, negated),
            Expression::Any(parts) if negated => self.all(parts, negated),
            Expression::All(parts) | Expression::Any(parts) => {
                let mut terms = Vec::new();
                for part in parts {
                    terms.extend(self.expand(part, negated)?);
                    bounded(terms.len())?;
                }
                Ok(terms)
            }
            Expression::Ipblock(name) => {
                self.find(Kind::Ipblock, name)?;
                let (atom, from) = (Atom::Network(name.clone()), format!("ipblock@{name}"));
                Ok(vec![vec![Literal { atom, negated, from }]])
            }
            Expression::Pattern(name) => {
                let literals = conditions(self.find(Kind::Pattern, name)?, self.proxy);
                Ok(match negated {
                    false => vec![literals],
                    true => literals
                        .into_iter()
                        .map(|literal| vec![Literal { negated: !literal.negated, ..literal }])
                        .collect(),
                })
            }
        }
    }

    fn all(&self, parts: &[Expression], negated: bool) -> Result<Vec<Term>, String> {
        let mut terms = vec![Term::new()];
        for part in parts {
            let more = self.expand(part, negated)?;
            bounded(terms.len().saturating_mul(more.len()))?;
            terms = terms.iter().flat_map(|a| more.iter().map(move |b| [&**a, b].concat())).collect();
            if terms.iter().any(|term| term.len() > MAX_LITERALS) {
                return Err(format!("more than {MAX_LITERALS} conditions at once"));
            }
        }
        Ok(terms)
    }
}

fn bounded(terms: usize) -> Result<(), String> {
    match terms > MAX_TERMS {
        true => Err(format!("can hold in more than {MAX_TERMS} ways")),
        false => Ok(()),
    }
}

fn contradicts_itself(term: &Term) -> bool {
    term.iter().any(|a| term.iter().any(|b| a.negated && !b.negated && a.atom == b.atom))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::document::parse_all;

    fn terms(expression: &str) -> Result<Vec<String>, String> {
        let yaml = "m/both: {method: POST, header: X}\nm/get: {method: GET}\nm/put: {method: PUT}\n";
        let mut objects = parse_all(Kind::Ipblock, "f", "b/x: {}\n").unwrap();
        objects.extend(parse_all(Kind::Pattern, "f", yaml).unwrap());
        objects.sort_by(|a, b| (a.kind, &a.name).cmp(&(b.kind, &b.name)));
        let named = Named { objects: &objects, proxy: Kind::Action };
        let show = |literal: &Literal| {
            let what = match &literal.atom {
                Atom::Method(method) => method,
                Atom::Header(header) => header,
                Atom::Network(name) => name,
                other => panic!("{other:?}"),
            };
            format!("{}{what}", if literal.negated { "!" } else { "" })
        };
        let terms = named.terms(&Expression::parse(expression).unwrap())?;
        Ok(terms.iter().map(|term| term.iter().map(show).collect::<Vec<_>>().join(" ")).collect())
    }

    #[test]
    fn and_distributes_over_or_and_not_over_the_fields_of_a_pattern() {
        assert_eq!(
            terms("(pattern@m/get OR pattern@m/put) AND ipblock@b/x").unwrap(),
            ["GET b/x", "PUT b/x"]
        );
        assert_eq!(terms("ipblock@b/x AND NOT pattern@m/both").unwrap(), ["b/x !POST", "b/x x"]);
        assert_eq!(terms("ipblock@b/x AND NOT (pattern@m/get OR pattern@m/put)").unwrap(), ["b/x !GET !PUT"]);
    }

    #[test]
    fn what_can_never_hold_and_what_is_said_twice_goes() {
        assert_eq!(terms("pattern@m/get AND NOT pattern@m/get OR ipblock@b/x").unwrap(), ["b/x"]);
        assert_eq!(terms("pattern@m/get AND pattern@m/get").unwrap(), ["GET"]);
    }

    #[test]
    fn what_is_missing_is_told_and_the_number_of_terms_bounded() {
        assert!(terms("pattern@m/none").unwrap_err().contains("pattern@m/none is not there"));
        let many = ["(pattern@m/get OR pattern@m/put OR ipblock@b/x)"; 12].join(" AND ");
        assert!(terms(&many).unwrap_err().contains("more than 64 ways"));
    }
}
