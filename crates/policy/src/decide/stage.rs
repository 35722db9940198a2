//! Stages: what applies to a class of user agents from when on.

use limits::Quota;

use super::limit::{Limit, compile_rate};
use crate::Timestamp;
use crate::classify::user_agent::{UaClass, UserAgents};
use crate::compile::Compiler;
use crate::document::{StageDocument, UserAgentsDocument};
use crate::verdict::Rule;

/// The stages of all classes.
#[derive(Debug, Default)]
pub(crate) struct Stages {
    /// By class; ascending by time.
    classes: Vec<(UaClass, Vec<Stage>)>,
}

/// What applies from a time on, until the next stage begins.
#[derive(Debug)]
pub(crate) struct Stage {
    from: Timestamp,
    pub(crate) action: StageAction,
}

/// What a stage does.
#[derive(Debug)]
pub(crate) enum StageAction {
    /// Refuse.
    Block(Rule),
    /// Count against a rate.
    Rate(Limit),
}

impl Stages {
    /// The stage of a class that has begun last.
    pub(crate) fn in_force(&self, class: UaClass, now: Timestamp) -> Option<&Stage> {
        let (_, stages) = self.classes.iter().find(|(of, _)| *of == class)?;
        stages.iter().rev().find(|stage| stage.from <= now)
    }

    pub(crate) fn compile(
        section: &UserAgentsDocument,
        agents: &UserAgents,
        compiler: &mut Compiler<'_>,
    ) -> Self {
        let mut classes = Vec::new();
        for (name, stages) in &section.stages.0 {
            let key = format!("user_agents.stages.{}", name.value);
            let Some(class) = agents.class(&name.value) else {
                let known = agents.classes().map(|(_, name)| name).collect::<Vec<_>>();
                let message = format!("no class \"{}\"; expected one of {}", name.value, known.join(", "));
                compiler.note(name, &key, message).did_you_mean(&name.value, known);
                continue;
            };
            if !agents.can_match(class) {
                let message = format!("no user agent is ever \"{}\": the class has no pattern", name.value);
                compiler.note(name, &key, message).hint("name the file of patterns: user_agents.classes");
            }
            classes.push((class, compile_stages(&key, &name.value, stages, compiler)));
        }
        Self { classes }
    }
}

fn compile_stages(
    key: &str,
    class: &str,
    stages: &[StageDocument],
    compiler: &mut Compiler<'_>,
) -> Vec<Stage> {
    let mut compiled: Vec<Stage> = Vec::new();
    for (n, stage) in stages.iter().enumerate() {
        let key = format!("{key}[{n}]");
        let Some(from) = compile_from(stage, &key, compiler) else { continue };
        if let Some(before) = compiled.last().filter(|before| before.from >= from) {
            let message = format!("begins at {from}, not after the stage before it ({})", before.from);
            compiler
                .note(&stage.from, format!("{key}.from"), message)
                .hint("write the stages in the order of their dates");
        }
        let Some(action) = compile_action(class, from, stage, &key, compiler) else { continue };
        compiled.push(Stage { from, action });
    }
    compiled
}

fn compile_from(stage: &StageDocument, key: &str, compiler: &mut Compiler<'_>) -> Option<Timestamp> {
    if stage.from.value.bytes().all(|byte| byte.is_ascii_digit()) {
        let message = format!("\"{}\" is a number; expected a date or an RFC 3339 time", stage.from.value);
        compiler
            .note(&stage.from, format!("{key}.from"), message)
            .hint("write the date with hyphens: 2027-01-01");
        return None;
    }
    match stage.from.value.parse() {
        Ok(from) => Some(from),
        Err(why) => {
            compiler.note(&stage.from, format!("{key}.from"), format!("\"{}\": {why}", stage.from.value));
            None
        }
    }
}

fn compile_action(
    class: &str,
    from: Timestamp,
    stage: &StageDocument,
    key: &str,
    compiler: &mut Compiler<'_>,
) -> Option<StageAction> {
    let reason = format!("ua.{class}");
    let rule = Rule::new(&reason, Some(from));
    match (&stage.rate, &stage.block) {
        (Some(rate), None) => {
            let quota = Quota::from(compile_rate(rate, &format!("{key}.rate"), compiler)?);
            // One name for all stages of a class: the bucket of a client outlives the change of stage.
            Some(StageAction::Rate(Limit::by_address(&reason, rule, quota)))
        }
        (None, Some(block)) if block.value => Some(StageAction::Block(rule)),
        _ => {
            compiler
                .note(&stage.from, key, "a stage has either a rate or block: true")
                .hint("to lift a stage, remove it together with those before it");
            None
        }
    }
}
