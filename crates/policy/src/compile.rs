//! From a document to a policy: what the values mean, and whether they make sense together.

mod separation;

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::{Span, SpanRelativeTo};
use serde_saphyr::Spanned;

use crate::answer::Texts;
use crate::classify::browser_score::BrowserScore;
use crate::classify::cookie_pass::CookiePasses;
use crate::classify::crawler::Crawlers;
use crate::classify::network::{Networks, RangeFiles, TrustedProxies};
use crate::classify::user_agent::{ClassesFile, UserAgents};
use crate::decide::exemption::{Exemptions, Known};
use crate::decide::image_rule::ImageRules;
use crate::decide::limit::{KnownClients, Limits};
use crate::decide::stage::Stages;
use crate::decide::{BuiltInRules, Sitemaps};
use crate::document::{PolicyDocument, read_document};
use crate::error::{At, NoteHint, PolicyError, Problems};
use crate::facts::client_address;
use crate::file::{FileKind, PolicyFile, PolicyFiles};
use crate::seal::Provenance;
use crate::{Headers, Timestamp};

/// Most characters of an address or a URL that answers repeat.
const MAX_CONTACT_CHARACTERS: usize = 200;
use crate::session::Sessions;

/// The version of the format that this crate reads.
const VERSION: u32 = 1;

/// A compiled policy; immutable.
#[derive(Debug)]
pub struct Policy {
    pub(crate) operator: Operator,
    pub(crate) shadow: bool,
    pub(crate) networks: Networks,
    pub(crate) trusted_proxies: TrustedProxies,
    pub(crate) crawlers: Crawlers,
    pub(crate) sessions: Option<Sessions>,
    pub(crate) provenance: Option<Provenance>,
    pub(crate) user_agents: UserAgents,
    pub(crate) stages: Stages,
    pub(crate) exemptions: Exemptions,
    pub(crate) image_rules: ImageRules,
    pub(crate) limits: Limits,
    pub(crate) sitemaps: Option<Sitemaps>,
    pub(crate) cookie_passes: CookiePasses,
    pub(crate) browser_score: BrowserScore,
    pub(crate) rules: BuiltInRules,
    pub(crate) texts: Texts,
    pub(crate) files: PolicyFiles,
    /// By [`Rule::number`](crate::verdict::Rule::number).
    pub(crate) reasons: Box<[Box<str>]>,
}

/// A policy file and the files that it names, as they were read.
pub(crate) struct LoadedFiles {
    pub(crate) document: PolicyDocument,
    pub(crate) classes: Option<ClassesFile>,
    pub(crate) ranges: RangeFiles,
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
        Self::load_with_files(file).0
    }

    /// The same, and what was read to compile it.
    pub(crate) fn load_with_files(file: &Path) -> (Result<Self, PolicyError>, Option<LoadedFiles>) {
        let mut problems = Problems::default();
        problems.files.note(file, FileKind::Policy);
        let document = read_document::<PolicyDocument>(file, &mut problems);
        let mut files =
            document.map(|document| LoadedFiles { document, classes: None, ranges: RangeFiles::default() });
        let mut compiler = Compiler { file, problems: &mut problems };
        let policy = files.as_mut().and_then(|files| Self::compile(files, &mut compiler));
        (problems.into_result(policy), files)
    }

    fn compile(files: &mut LoadedFiles, compiler: &mut Compiler<'_>) -> Option<Self> {
        let LoadedFiles { document, classes, ranges: range_files } = files;
        let document = &*document;
        if document.version.value != VERSION {
            let given = document.version.value;
            compiler.note(
                &document.version,
                "version",
                format!("{given} is not a version of this format; expected {VERSION}"),
            );
        }
        let operator = Operator::compile(document, compiler);
        let networks = Networks::compile(&document.networks, range_files, compiler);
        let trusted_proxies = TrustedProxies::compile(&document.trusted_proxies, &networks, compiler);
        let crawlers = Crawlers::compile(&document.crawlers, range_files, compiler);
        let sessions = document.sessions.as_ref().and_then(|section| Sessions::compile(section, compiler));
        let provenance = document.provenance.as_ref().map(|section| Provenance::compile(section, compiler));
        let sitemaps = document.sitemaps.as_ref().map(|section| Sitemaps::compile(section, compiler));
        let cookie_passes = CookiePasses::compile(&document.cookie_passes, compiler);
        let browser_score = BrowserScore::compile(&document.browser_score, compiler);
        let texts = Texts::compile(&document.errors, compiler);
        // What names classes is compiled without them where their file does not compile: one problem is enough.
        let agents = UserAgents::from_document(&document.user_agents, classes, compiler)?;
        let stages = Stages::compile(&document.user_agents, &agents, &operator, compiler);
        let known = Known { agents: &agents, networks: &networks, operator: &operator };
        let exemptions = Exemptions::compile(&document.exemptions, &known, compiler);
        let image_rules = document.provenance.as_ref().map(|section| ImageRules::compile(section, compiler));
        let has_sessions = document.sessions.is_some();
        let known = KnownClients { crawlers: &crawlers, networks: &networks, has_sessions };
        let limits = Limits::compile(&document.limits, &known, &agents, compiler);
        check_parameters(document, compiler);
        separation::check(document, compiler);
        let mut policy = Self {
            operator,
            shadow: document.shadow,
            networks,
            trusted_proxies,
            crawlers,
            sessions,
            provenance,
            user_agents: agents,
            stages,
            exemptions,
            image_rules: image_rules.unwrap_or_default(),
            limits,
            sitemaps,
            cookie_passes,
            browser_score,
            rules: BuiltInRules::default(),
            texts,
            files: compiler.problems.files.clone(),
            reasons: Box::default(),
        };
        policy.number_rules();
        Some(policy)
    }

    /// The files that the policy is made of, itself first.
    #[must_use]
    pub fn files(&self) -> &[PolicyFile] {
        self.files.as_slice()
    }

    /// Section `sessions`, if the policy has one.
    #[must_use]
    pub fn sessions(&self) -> Option<&Sessions> {
        self.sessions.as_ref()
    }

    /// Section `sitemaps`, if the policy has one.
    #[must_use]
    pub fn sitemaps(&self) -> Option<&Sitemaps> {
        self.sitemaps.as_ref()
    }

    /// Section `cookie_passes`.
    #[must_use]
    pub fn cookie_passes(&self) -> &CookiePasses {
        &self.cookie_passes
    }

    /// Section `browser_score`.
    #[must_use]
    pub fn browser_score(&self) -> &BrowserScore {
        &self.browser_score
    }

    /// Section `provenance`, if the policy has one.
    #[must_use]
    pub fn provenance(&self) -> Option<&Provenance> {
        self.provenance.as_ref()
    }

    /// Section `networks`.
    #[must_use]
    pub fn networks(&self) -> &Networks {
        &self.networks
    }

    /// Section `crawlers`.
    #[must_use]
    pub fn crawlers(&self) -> &Crawlers {
        &self.crawlers
    }

    /// The address of the client behind the proxies that section `trusted_proxies` names.
    ///
    /// `peer` is who has connected; its own word for whom it speaks, `X-Forwarded-For`, counts only if it is one of those
    /// proxies. `None` where such a proxy says something that is no address: whose request it is, is not known then.
    #[must_use]
    pub fn client_address(&self, peer: Option<IpAddr>, headers: &Headers<'_>) -> Option<IpAddr> {
        client_address(peer?, headers.forwarded_for(), |ip| self.is_trusted_proxy(ip))
    }

    /// Whether section `trusted_proxies` names this address: what such a peer says of the connection on its other side is believed.
    #[must_use]
    pub fn is_trusted_proxy(&self, peer: IpAddr) -> bool {
        self.trusted_proxies.contains(peer.to_canonical(), &self.networks)
    }
}

/// A token in a parameter of the seal would be taken for a seal, and a seal for a token.
fn check_parameters(document: &PolicyDocument, compiler: &mut Compiler<'_>) {
    let token = document.sessions.as_ref().and_then(|sessions| sessions.query_parameter.as_ref());
    let Some((token, provenance)) = token.zip(document.provenance.as_ref()) else { return };
    let names = &provenance.parameters;
    let all = [&names.site, &names.generator, &names.format, &names.seal];
    if all.into_iter().chain(&provenance.strip).any(|name| name.value == token.value) {
        let message = format!("\"{}\" is a parameter of section provenance, too", token.value);
        compiler.note(token, "sessions.query_parameter", message);
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

    /// The path of a file that the policy names, relative to the policy. Whatever is read comes by here, and is one of the policy's
    /// files.
    pub(crate) fn named_file(&mut self, file: &Path, kind: FileKind) -> PathBuf {
        let path = self.relative(file);
        self.problems.files.note(&path, kind);
        path
    }

    /// The path of a file that the policy names, relative to the policy.
    fn relative(&self, file: &Path) -> PathBuf {
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
