//! What lifts the refusals of a class: its user agents are spared where each rule that refuses them spares them.

use super::rule::Condition;

/// Most exemptions of one class.
const MAX_EXEMPTIONS: usize = 32;

/// Conditions all of which must hold, in the order of their kinds, at most one of each.
pub(super) type Spared = Vec<Condition>;

/// The exemptions of a class whose rules are lifted by one of these each. The flag says whether some could not be written, so
/// that fewer requests are spared than in the original.
pub(super) fn exemptions(rules: &[&[Condition]]) -> (Vec<Spared>, bool) {
    let mut all: Vec<Spared> = vec![Vec::new()];
    let mut is_less = false;
    for unless in rules {
        let mut next: Vec<Spared> = Vec::new();
        for spared in &all {
            for condition in *unless {
                match both(spared, condition) {
                    Some(both) if next.contains(&both) => {}
                    Some(both) if next.len() < MAX_EXEMPTIONS => next.push(both),
                    _ => is_less = true,
                }
            }
        }
        all = next;
    }
    // Who is spared by fewer conditions is spared by more of them as well.
    let covered =
        |spared: &Spared| all.iter().any(|other| other != spared && other.iter().all(|c| spared.contains(c)));
    let kept = all.iter().filter(|spared| !covered(spared)).cloned().collect();
    (kept, is_less)
}

/// The conditions with one more. None where an exemption cannot ask for both.
fn both(spared: &Spared, condition: &Condition) -> Option<Spared> {
    let same_kind = |other: &&Condition| std::mem::discriminant(*other) == std::mem::discriminant(condition);
    match spared.iter().find(same_kind) {
        Some(other) if other == condition => Some(spared.clone()),
        Some(_) => None,
        None => {
            let mut both = spared.clone();
            both.push(condition.clone());
            both.sort();
            Some(both)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(name: &str) -> Condition {
        Condition::Header(name.into())
    }

    fn method(name: &str) -> Condition {
        Condition::Method(name.into())
    }

    #[test]
    fn one_rule_is_lifted_by_any_of_its_conditions() {
        let unless = [header("a"), method("GET")];
        assert_eq!(exemptions(&[&unless]), (vec![vec![header("a")], vec![method("GET")]], false));
    }

    #[test]
    fn two_rules_are_lifted_by_a_condition_of_each() {
        let (one, two) = ([header("a")], [header("a"), method("GET")]);
        let (spared, is_less) = exemptions(&[&one, &two]);
        assert_eq!(spared, [vec![header("a")]], "who sends the header is spared by both");
        assert!(!is_less);
        let (one, two) = ([header("a")], [method("GET")]);
        let mut wanted = vec![header("a"), method("GET")];
        wanted.sort();
        assert_eq!(exemptions(&[&one, &two]), (vec![wanted], false));
    }

    #[test]
    fn a_rule_that_nothing_lifts_leaves_no_exemption() {
        assert_eq!(exemptions(&[&[header("a")], &[]]), (vec![], false));
    }

    #[test]
    fn two_headers_at_once_cannot_be_asked_for_and_that_is_told() {
        assert_eq!(exemptions(&[&[header("a")], &[header("b")]]), (vec![], true));
    }
}
