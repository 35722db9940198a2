use std::path::PathBuf;

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::Table;

/// Section `user_agents`: classes of user agents (`docs/user-agents.md`) and their dated stages (`docs/stages.md`).
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserAgentsDocument {
    /// File with the patterns of the classes. Default none: `none`, `bot`, `browser` and `other` are told, by what the code
    /// knows.
    pub classes: Option<Spanned<PathBuf>>,
    /// How long before its next stage a client is told, such as `14d`. Default: it is not told.
    pub notice: Option<Spanned<String>>,
    /// Classes all of whose stages are in shadow: `would` says what they would have done.
    #[serde(default)]
    pub shadow: Vec<Spanned<String>>,
    /// What applies to a class from when on, by the class's name; the last stage that has begun is in force. Default empty: no
    /// class has a rule of its own.
    #[serde(default)]
    pub stages: Table<Vec<StageDocument>>,
}

/// A file of user-agent classes: name → patterns, tried in the order of the file.
pub type ClassesDocument = Table<ClassDocument>;

/// The patterns of one class, 4,096 in the whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassDocument {
    /// Names of the first product (RFC 9110 section 10.1.5), such as `curl`, in lower case; compared without regard to case. At
    /// most 64 bytes.
    #[serde(default)]
    pub products: Vec<Spanned<String>>,
    /// Texts that occur anywhere, in lower case; compared without regard to case. 4 to 64 bytes.
    #[serde(default)]
    pub contains: Vec<Spanned<String>>,
}

/// An entry of the stages of a class, in the order of their dates: `from`, and either `rate` or `block: true`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageDocument {
    /// Date or time at which it begins, after that of the stage before.
    pub from: Spanned<String>,
    /// Requests per client (an IPv4 address, an IPv6 /64), such as `10/s`, as many of them at once; who exceeds it gets a 429.
    /// A client keeps its bucket when the next stage begins.
    pub rate: Option<Spanned<String>>,
    /// Whether the class is refused, with a 403.
    pub block: Option<Spanned<bool>>,
    /// Whether the stage is tried only: the one before it stays in force, and `would` says what this one would do. Default
    /// `false`.
    #[serde(default)]
    pub shadow: bool,
}
