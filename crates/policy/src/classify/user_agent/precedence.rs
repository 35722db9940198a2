use super::{FIRST_ADDED, UaClass};

/// Whether a pattern of `first` leaves a pattern of `second`, where a user agent has both, nothing to decide: what a look at the order
/// of decision shows ([`UserAgents::classify`](super::UserAgents::classify)).
///
/// Patterns of software have no say in a browser, where those of `other` have; so `other` stands behind none of them.
pub(crate) fn takes_precedence(first: UaClass, second: UaClass) -> bool {
    let software = [UaClass::MEDIAWIKI, UaClass::CLI, UaClass::LIBRARY_DEFAULT];
    let place = |class| software.iter().position(|software| *software == class);
    match (first, second) {
        (first, second) if first.0 >= FIRST_ADDED => second.0 < FIRST_ADDED || first < second,
        (UaClass::OTHER, UaClass::BROWSER) => true,
        (first, UaClass::BROWSER) => place(first).is_some(),
        (first, second) => place(first).zip(place(second)).is_some_and(|(first, second)| first < second),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ClassPatterns, UserAgents};
    use super::*;

    /// The class that two patterns which both match make of a user agent, by the classes they are of.
    fn decided(first: &str, second: &str, user_agent: &str) -> (UserAgents, UaClass) {
        let class = |name: &str, text: &str| ClassPatterns {
            name: name.to_owned(),
            products: Vec::new(),
            contains: vec![text.to_owned()],
        };
        let agents = UserAgents::compile(&[class(first, "first/"), class(second, "and first/")]).unwrap();
        let class = agents.classify(Some(user_agent.as_bytes()), None).class;
        (agents, class)
    }

    #[test]
    fn the_longer_pattern_changes_nothing_where_the_shorter_takes_precedence() {
        let names = ["mediawiki", "cli", "library_default", "browser", "other", "own"];
        let agents = [
            "x and first/1",
            "Mozilla/5.0 (X11) AppleWebKit/1 and first/1",
            "Mozilla/4.0 (MSIE 6.0) and first/1",
        ];
        let with_contact = agents.map(|agent| format!("{agent} me@example.org"));
        for first in names {
            for second in names.into_iter().filter(|second| *second != first) {
                let (compiled, _) = decided(first, second, "");
                let by_name = |name| compiled.class(name).unwrap();
                let alone = UserAgents::compile(&[ClassPatterns {
                    name: first.to_owned(),
                    products: Vec::new(),
                    contains: vec!["first/".to_owned()],
                }])
                .unwrap();
                let changes =
                    agents.iter().copied().chain(with_contact.iter().map(String::as_str)).any(|agent| {
                        let with = compiled.classify(Some(agent.as_bytes()), None).class;
                        let without = alone.classify(Some(agent.as_bytes()), None).class;
                        compiled.name(with) != alone.name(without)
                    });
                assert_eq!(
                    !changes,
                    takes_precedence(by_name(first), by_name(second)),
                    "{first} before {second}"
                );
            }
        }
    }
}
