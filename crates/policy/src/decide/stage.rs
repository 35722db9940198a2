//! Stages: what applies to a class of user agents from when on.

use std::time::Duration;

use limits::Quota;

use super::limit::{Limit, compile_rate};
use super::notice::Notice;
use super::scope::{ClassSet, compile_class};
use crate::Timestamp;
use crate::classify::user_agent::{UaClass, UserAgents};
use crate::compile::{Compiler, Operator};
use crate::document::{StageDocument, UserAgentsDocument};
use crate::verdict::Rule;

/// The stages of all classes.
#[derive(Debug, Default)]
pub(crate) struct Stages {
    /// By the index of the class; ascending by time.
    classes: Vec<Vec<Stage>>,
    /// How long before a stage begins its clients are told.
    notice: Duration,
}

/// What applies from a time on, until the next stage begins.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) from: Timestamp,
    pub(crate) action: StageAction,
    /// Whether the stage is only tried, while the one before it stays in force.
    pub(crate) shadow: bool,
    pub(crate) notice: Notice,
}

/// What a stage does.
#[derive(Debug)]
pub(crate) enum StageAction {
    /// Refuse.
    Block(Rule),
    /// Count against a rate.
    Rate(Limit),
}

/// What applies to a class at one time.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct InForce<'a> {
    /// The stage that holds.
    pub(crate) stage: Option<&'a Stage>,
    /// The stage that is tried beside it.
    pub(crate) tried: Option<&'a Stage>,
    /// The stage that will be in force next.
    pub(crate) next: Option<&'a Stage>,
}

impl Stages {
    /// Of the stages of a class that have begun, the last that is in force and the last that is tried, if that began later;
    /// and the next one.
    pub(crate) fn at(&self, class: UaClass, now: Timestamp) -> InForce<'_> {
        let mut in_force = InForce::default();
        for stage in self.classes.get(class.index()).into_iter().flatten() {
            match (stage.from <= now, stage.shadow) {
                (true, false) => in_force = InForce { stage: Some(stage), ..InForce::default() },
                (true, true) => in_force.tried = Some(stage),
                (false, true) => {}
                (false, false) => {
                    in_force.next = Some(stage);
                    break;
                }
            }
        }
        in_force
    }

    pub(crate) fn rules_mut(&mut self) -> impl Iterator<Item = &mut Rule> {
        self.classes.iter_mut().flatten().map(|stage| match &mut stage.action {
            StageAction::Block(rule) => rule,
            StageAction::Rate(limit) => &mut limit.rule,
        })
    }

    /// The stages of a class, ascending by time.
    pub(crate) fn of(&self, class: UaClass) -> &[Stage] {
        self.classes.get(class.index()).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether a change at `time` is so near that its clients are told.
    pub(crate) fn is_near(&self, time: Timestamp, now: Timestamp) -> bool {
        time <= now.plus(self.notice)
    }

    /// The stages of each class, by the index of the class.
    pub(crate) fn classes(&self) -> impl Iterator<Item = &Vec<Stage>> {
        self.classes.iter()
    }

    pub(crate) fn notice(&self) -> Duration {
        self.notice
    }

    pub(crate) fn compile(
        section: &UserAgentsDocument,
        agents: &UserAgents,
        operator: &Operator,
        compiler: &mut Compiler<'_>,
    ) -> Self {
        let notice = section.notice.as_ref();
        let notice = notice.and_then(|notice| compiler.duration(notice, "user_agents.notice"));
        let tried = match &*section.shadow {
            [] => None,
            names => Some(ClassSet::compile(names, "user_agents.shadow", agents, compiler)),
        };
        let mut classes = Vec::new();
        classes.resize_with(agents.classes().count(), Vec::new);
        for (name, stages) in &section.stages.0 {
            let key = format!("user_agents.stages.{}", name.value);
            let Some(class) = compile_class(name, &key, agents, compiler) else { continue };
            let shadow = tried.is_some_and(|tried| tried.contains(class));
            let compiled = compile_stages(&key, &name.value, stages, shadow, compiler);
            let compiled = with_notices(compiled, operator);
            if let Some(of_class) = classes.get_mut(class.index()) {
                *of_class = compiled;
            }
        }
        Self { classes, notice: notice.unwrap_or_default() }
    }
}

/// A stage without its notice, which depends on those that follow.
struct Begun {
    from: Timestamp,
    action: StageAction,
    shadow: bool,
}

fn with_notices(stages: Vec<Begun>, operator: &Operator) -> Vec<Stage> {
    let blocks = |stage: &Begun| matches!(stage.action, StageAction::Block(_)) && !stage.shadow;
    let notices: Vec<Notice> = (0..stages.len())
        .map(|n| {
            let rest = stages.get(n..).unwrap_or_default();
            let from = rest.first().map_or(Timestamp::from_seconds(0), |stage| stage.from);
            let block = rest.iter().find(|stage| blocks(stage)).map(|stage| stage.from);
            Notice::new(from, block, &operator.url)
        })
        .collect();
    let stages = stages.into_iter().zip(notices);
    stages.map(|(Begun { from, action, shadow }, notice)| Stage { from, action, shadow, notice }).collect()
}

fn compile_stages(
    key: &str,
    class: &str,
    stages: &[StageDocument],
    shadow: bool,
    compiler: &mut Compiler<'_>,
) -> Vec<Begun> {
    let mut compiled: Vec<Begun> = Vec::new();
    for (n, stage) in stages.iter().enumerate() {
        let key = format!("{key}[{n}]");
        let Some(from) = compiler.date(&stage.from, &format!("{key}.from")) else { continue };
        if let Some(before) = compiled.last().filter(|before| before.from >= from) {
            let message = format!("begins at {from}, not after the stage before it ({})", before.from);
            compiler
                .note(&stage.from, format!("{key}.from"), message)
                .hint("write the stages in the order of their dates");
        }
        let shadow = shadow || stage.shadow;
        let Some(action) = compile_action(class, from, stage, shadow, &key, compiler) else { continue };
        compiled.push(Begun { from, action, shadow });
    }
    compiled
}

fn compile_action(
    class: &str,
    from: Timestamp,
    stage: &StageDocument,
    shadow: bool,
    key: &str,
    compiler: &mut Compiler<'_>,
) -> Option<StageAction> {
    let reason = format!("ua.{class}");
    let rule = Rule::new(&reason, Some(from), key, &stage.from);
    match (&stage.rate, &stage.block) {
        (Some(rate), None) => {
            let quota = Quota::from(compile_rate(rate, &format!("{key}.rate"), compiler)?);
            // One name for all stages of a class: the bucket of a client outlives the change of stage.
            Some(StageAction::Rate(Limit::by_address(&reason, rule, quota, shadow)))
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
