use crate::classify::user_agent::leading_product;

/// User agents of real browsers, one a line.
const LIST: &str = include_str!("browsers.txt");

/// A real browser.
pub(super) struct Browser {
    user_agent: &'static str,
    lower_case: String,
}

/// All of the list.
pub(super) fn browsers() -> impl Iterator<Item = Browser> {
    let lines = LIST.lines().map(str::trim_end).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|user_agent| Browser { user_agent, lower_case: user_agent.to_ascii_lowercase() })
}

impl Browser {
    pub(super) fn user_agent(&self) -> &'static str {
        self.user_agent
    }

    /// Name of its first product, in lower case.
    pub(super) fn product(&self) -> &str {
        str::from_utf8(leading_product(self.lower_case.as_bytes())).unwrap_or_default()
    }

    /// Whether its user agent has `text` in it, which is in lower case.
    pub(super) fn has(&self, text: &str) -> bool {
        self.lower_case.contains(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classify::user_agent::UaClass;

    #[test]
    fn each_stands_there_once_and_there_are_many() {
        let mut seen = std::collections::HashSet::new();
        for browser in browsers() {
            assert!(seen.insert(browser.user_agent()), "twice: {}", browser.user_agent());
            assert!(browser.user_agent().bytes().all(|byte| matches!(byte, b' '..=b'~')));
        }
        assert!(seen.len() >= 180, "{}", seen.len());
    }

    #[test]
    fn the_shipped_patterns_know_each_of_them() {
        let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy/policy.yaml");
        let agents = crate::Policy::load(&file).unwrap().user_agents;
        let class = |browser: &Browser| agents.classify(Some(browser.user_agent().as_bytes()), None).class;
        let others: Vec<&str> = browsers()
            .filter(|browser| class(browser) != UaClass::BROWSER)
            .map(|browser| browser.user_agent())
            .collect();
        assert_eq!(others, [""; 0]);
    }
}
