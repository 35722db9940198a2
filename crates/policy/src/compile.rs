//! From a document to a policy: what the values mean, and whether they make sense together.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::{Span, SpanRelativeTo};
use serde_saphyr::Spanned;

use crate::Timestamp;
use crate::answer::Texts;
use crate::classify::network::Networks;
use crate::classify::user_agent::UserAgents;
use crate::decide::BuiltInRules;
use crate::decide::exemption::{Exemptions, Known};
use crate::decide::limit::Limits;
use crate::decide::stage::Stages;
use crate::document::{PolicyDocument, read_document};
use crate::error::{At, NoteHint, PolicyError, Problems};
use crate::seal::Provenance;

/// Most characters of an address or a URL that answers repeat.
const MAX_CONTACT_CHARACTERS: usize = 200;

/// The version of the format that this crate reads.
const VERSION: u32 = 1;

/// A compiled policy; immutable.
#[derive(Debug)]
pub struct Policy {
    pub(crate) operator: Operator,
    pub(crate) shadow: bool,
    pub(crate) networks: Networks,
    pub(crate) provenance: Option<Provenance>,
    pub(crate) user_agents: UserAgents,
    pub(crate) stages: Stages,
    pub(crate) exemptions: Exemptions,
    pub(crate) limits: Limits,
    pub(crate) rules: BuiltInRules,
    pub(crate) texts: Texts,
}

/// Whom a refused client may turn to: section `contact`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    /// An e-mail address.
    pub email: Box<str>,
    /// A page that explains the policy.
    pub url: Box<str>,
}

impl Policy {
    /// Reads a policy and the files that it names, which are found relative to it, and compiles them.
    ///
    /// # Errors
    /// Everything that is wrong, each with file, line and key. A document that does not parse hides what comes after the
    /// place where it breaks.
    pub fn load(file: &Path) -> Result<Self, PolicyError> {
        let mut problems = Problems::default();
        let document = read_document::<PolicyDocument>(file, &mut problems);
        let policy = document
            .and_then(|document| Self::compile(&document, &mut Compiler { file, problems: &mut problems }));
        problems.into_result(policy)
    }

    fn compile(document: &PolicyDocument, compiler: &mut Compiler<'_>) -> Option<Self> {
        if document.version.value != VERSION {
            let given = document.version.value;
            compiler.note(
                &document.version,
                "version",
                format!("{given} is not a version of this format; expected {VERSION}"),
            );
        }
        let operator = Operator::compile(document, compiler);
        let networks = Networks::compile(&document.networks, compiler);
        let provenance = document.provenance.as_ref().map(|section| Provenance::compile(section, compiler));
        let texts = Texts::compile(&document.errors, compiler);
        // What names classes is compiled without them where their file does not compile: one problem is enough.
        let agents = UserAgents::from_document(&document.user_agents, compiler)?;
        let stages = Stages::compile(&document.user_agents, &agents, &operator, compiler);
        let known = Known { agents: &agents, networks: &networks, operator: &operator };
        let exemptions = Exemptions::compile(&document.exemptions, &known, compiler);
        let limits = Limits::compile(&document.limits, &agents, compiler);
        Some(Self {
            operator,
            shadow: document.shadow,
            networks,
            provenance,
            user_agents: agents,
            stages,
            exemptions,
            limits,
            rules: BuiltInRules::default(),
            texts,
        })
    }

    /// Section `provenance`, if the policy has one.
    #[must_use]
    pub fn provenance(&self) -> Option<&Provenance> {
        self.provenance.as_ref()
    }
}

impl Operator {
    fn compile(document: &PolicyDocument, compiler: &mut Compiler<'_>) -> Self {
        let (email, url) = (&document.contact.email, &document.contact.url);
        let printable = |text: &str| !text.chars().any(|c| c.is_control() || c.is_whitespace());
        if !printable(&email.value) || !email.value.contains('@') {
            compiler.note(email, "contact.email", format!("\"{}\" is not an e-mail address", email.value));
        }
        if !printable(&url.value) || !(url.value.starts_with("https://") || url.value.starts_with("http://"))
        {
            compiler.note(url, "contact.url", format!("\"{}\" is not an http or https URL", url.value));
        }
        for (value, key) in [(email, "contact.email"), (url, "contact.url")] {
            let length = value.value.chars().count();
            if length > MAX_CONTACT_CHARACTERS {
                let message = format!("{length} characters; expected at most {MAX_CONTACT_CHARACTERS}");
                compiler
                    .note(value, key, message)
                    .hint("every answer repeats it, and must fit into a frame of SPOP");
            }
        }
        Self { email: email.value.as_str().into(), url: url.value.as_str().into() }
    }
}

/// What compiling a section needs: the file that it stands in, and where its problems go.
pub(crate) struct Compiler<'p> {
    pub(crate) file: &'p Path,
    pub(crate) problems: &'p mut Problems,
}

impl Compiler<'_> {
    /// Notes what is wrong with a value.
    pub(crate) fn note<T>(
        &mut self,
        value: &Spanned<T>,
        key: impl fmt::Display,
        message: impl fmt::Display,
    ) -> NoteHint<'_> {
        self.problems.add(At::value(self.file, value.referenced), key, message)
    }

    /// The same for values that stand in another file.
    pub(crate) fn in_file<'f>(&'f mut self, file: &'f Path) -> Compiler<'f> {
        Compiler { file, problems: self.problems }
    }

    /// The path of a file that the policy names, relative to the policy.
    pub(crate) fn relative(&self, file: &Path) -> PathBuf {
        self.file.parent().unwrap_or(Path::new("")).join(file)
    }

    /// A length of time above zero, such as `30d`, `12h`, `90s`; a day is 24 hours.
    pub(crate) fn duration(&mut self, value: &Spanned<String>, key: impl fmt::Display) -> Option<Duration> {
        let parsed = value
            .value
            .parse::<Span>()
            .and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()));
        match parsed.ok().and_then(|duration| Duration::try_from(duration).ok()).filter(|d| d.as_secs() > 0) {
            Some(duration) => Some(duration),
            None => {
                let message = format!("\"{}\" is not a length of time of a second or more", value.value);
                self.note(value, key, message).hint("write a number and a unit: 90s, 15m, 12h, 30d, 4w");
                None
            }
        }
    }

    /// A date, whose first instant in UTC is meant, or an RFC 3339 time.
    pub(crate) fn date(&mut self, value: &Spanned<String>, key: &str) -> Option<Timestamp> {
        if value.value.bytes().all(|byte| byte.is_ascii_digit()) {
            let message = format!("\"{}\" is a number; expected a date or an RFC 3339 time", value.value);
            self.note(value, key, message).hint("write the date with hyphens: 2027-01-01");
            return None;
        }
        match value.value.parse() {
            Ok(time) => Some(time),
            Err(why) => {
                self.note(value, key, format!("\"{}\": {why}", value.value));
                None
            }
        }
    }

    /// A name that is printed in labels, answers and metrics: 1 to 64 of `A-Z a-z 0-9 . _ -`.
    pub(crate) fn name(&mut self, value: &Spanned<String>, key: impl fmt::Display) -> Box<str> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        if !(1..=64).contains(&value.value.len()) || !value.value.bytes().all(allowed) {
            let message = format!("\"{}\" is not a name; expected 1 to 64 of A-Z a-z 0-9 . _ -", value.value);
            self.note(value, key, message);
        }
        value.value.as_str().into()
    }

    /// A name that stands within a dotted name: 1 to 64 of `a-z 0-9 _`.
    pub(crate) fn identifier(&mut self, value: &Spanned<String>, key: impl fmt::Display) -> Box<str> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if !(1..=64).contains(&value.value.len()) || !value.value.bytes().all(allowed) {
            let message = format!("\"{}\" is not a name; expected 1 to 64 of a-z 0-9 _", value.value);
            self.note(value, key, message);
        }
        value.value.as_str().into()
    }

    /// Notes every value of `names` that stands there before.
    pub(crate) fn unique<'n>(&mut self, key: &str, names: impl Iterator<Item = &'n Spanned<String>>) {
        let mut seen = std::collections::HashMap::new();
        for name in names {
            if let Some(line) = seen.insert(name.value.as_str(), name.referenced.line()) {
                self.note(name, key, format!("\"{}\" is given twice; first on line {line}", name.value));
            }
        }
    }
}
