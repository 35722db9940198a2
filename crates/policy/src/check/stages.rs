//! Stages that loosen, or change nothing.

use limits::Quota;

use super::WarningKind::{StageLooser, StageWithoutChange};
use super::checker::Checker;
use crate::decide::stage::{Stage, StageAction};

/// What a stage allows, for comparison and for a sentence.
#[derive(Clone, Copy)]
enum Allows {
    Nothing,
    Rate(Quota),
}

impl Checker<'_> {
    pub(super) fn check_stages(&mut self) {
        for (name, documents) in &self.document.user_agents.stages.0 {
            let Some(class) = self.policy.user_agents.class(&name.value) else { continue };
            let stages = self.policy.stages.of(class);
            // A class all of whose stages are in shadow is a schedule that is tried as a whole.
            let as_a_whole = stages.iter().all(|stage| stage.shadow);
            let mut before: Option<&Stage> = None;
            for (n, (document, stage)) in documents.iter().zip(stages).enumerate() {
                if let Some(before) = before {
                    let key = format!("user_agents.stages.{}[{n}]", name.value);
                    self.compare(before, stage, &document.from, &key);
                }
                if as_a_whole || !stage.shadow {
                    before = Some(stage);
                }
            }
        }
    }

    /// Compares a stage with the one that is in force when it begins.
    fn compare(&mut self, before: &Stage, stage: &Stage, place: &serde_saphyr::Spanned<String>, key: &str) {
        let (was, is) = (allows(before), allows(stage));
        if is_looser(is, was) {
            let (now, before) = (shown(is), shown(was));
            let message = format!("{now} from {} on is looser than {before} before it", stage.from);
            self.warn(StageLooser, place, key, message).hint(
                "a schedule gets stricter; write a lower rate, or take out the stages that went too far",
            );
        } else if !is_looser(was, is) && is_same(is, was) {
            let message = format!("{} from {} on is what holds already", shown(is), stage.from);
            self.warn(StageWithoutChange, place, key, message).hint("take it out");
        }
    }
}

fn allows(stage: &Stage) -> Allows {
    match &stage.action {
        StageAction::Block(_) => Allows::Nothing,
        StageAction::Rate(limit) => Allows::Rate(limit.quota()),
    }
}

/// Whether `one` allows more: a higher rate, or at the same rate more at once.
fn is_looser(one: Allows, other: Allows) -> bool {
    match (one, other) {
        (Allows::Nothing, _) => false,
        (Allows::Rate(_), Allows::Nothing) => true,
        (Allows::Rate(one), Allows::Rate(other)) => {
            let (interval, of_other) = (one.rate().interval(), other.rate().interval());
            interval < of_other || interval == of_other && one.burst() > other.burst()
        }
    }
}

fn is_same(one: Allows, other: Allows) -> bool {
    match (one, other) {
        (Allows::Nothing, Allows::Nothing) => true,
        (Allows::Rate(one), Allows::Rate(other)) => {
            one.rate().interval() == other.rate().interval() && one.burst() == other.burst()
        }
        _ => false,
    }
}

fn shown(allows: Allows) -> String {
    match allows {
        Allows::Nothing => "a block".to_owned(),
        Allows::Rate(quota) => format!("a rate of {} ({} at once)", quota.rate(), quota.burst()),
    }
}
