//! Classes of user agents that nothing follows from.

use super::WarningKind::{ClassWithoutStage, ShadowWithoutStage};
use super::checker::Checker;
use crate::classify::user_agent::UaClass;
use crate::error::At;

impl Checker<'_> {
    pub(super) fn check_classes(&mut self) {
        self.check_stages_of_classes();
        for (n, name) in self.document.user_agents.shadow.iter().enumerate() {
            if !self.is_staged(&name.value) {
                let message = format!("\"{}\" has no stage that could be in shadow", name.value);
                self.warn(ShadowWithoutStage, name, format!("user_agents.shadow[{n}]"), message)
                    .hint("take it out, or give the class its stages in user_agents.stages");
            }
        }
    }

    /// A file of classes serves the log as well, so that a policy without any stage is none of this check's business. Patterns of
    /// `browser` and `other` are there so that something is none of the other classes.
    fn check_stages_of_classes(&mut self) {
        let Some(classes) = self.classes.filter(|_| self.has_stages()) else { return };
        for (name, _) in &classes.document.0 {
            let class = self.policy.user_agents.class(&name.value);
            let is_none_of_the_others = matches!(class, Some(UaClass::BROWSER | UaClass::OTHER));
            if is_none_of_the_others || self.is_staged(&name.value) || self.is_limited(&name.value) {
                continue;
            }
            let message = format!(
                "\"{}\" has neither a stage nor a limit: nothing follows from its patterns",
                name.value
            );
            self.warn_at(ClassWithoutStage, At::value(&classes.path, name.referenced), &name.value, message)
                .hint("give it stages in user_agents.stages, or name it in the classes of a limit");
        }
    }

    fn is_staged(&self, class: &str) -> bool {
        let mut stages = self.document.user_agents.stages.0.iter();
        stages.any(|(name, stages)| name.value == class && !stages.is_empty())
    }

    /// Whether a limit names the class.
    fn is_limited(&self, class: &str) -> bool {
        let mut named = self.document.limits.iter().flat_map(|limit| &limit.classes);
        named.any(|name| name.value == class)
    }
}
