use std::path::PathBuf;

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::Table;

/// Section `user_agents`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserAgentsDocument {
    /// File with the patterns of the classes, relative to the policy file.
    pub classes: Option<Spanned<PathBuf>>,
    /// How long before its next stage a client is told, such as `14d`. Default: it is not told.
    pub notice: Option<Spanned<String>>,
    /// Classes all of whose stages are in shadow.
    #[serde(default)]
    pub shadow: Vec<Spanned<String>>,
    /// What applies to a class from when on; the last stage that has begun is in force.
    #[serde(default)]
    pub stages: Table<Vec<StageDocument>>,
}

/// A file of user-agent classes: name → patterns, tried in the order of the file.
pub type ClassesDocument = Table<ClassDocument>;

/// The patterns of one class.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassDocument {
    /// Names of product tokens (RFC 9110 section 10.1.5), compared without regard to case.
    #[serde(default)]
    pub products: Vec<Spanned<String>>,
    /// Texts that occur anywhere, compared without regard to case.
    #[serde(default)]
    pub contains: Vec<Spanned<String>>,
}

/// What applies to a class from `from` on: either `rate` or `block: true`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageDocument {
    /// Date (begins at 00:00:00 UTC) or RFC 3339 time.
    pub from: Spanned<String>,
    /// Requests per client address, such as `10/s`.
    pub rate: Option<Spanned<String>>,
    /// Whether the class is refused.
    pub block: Option<Spanned<bool>>,
    /// Whether the stage is tried only: the one before it stays in force, and `would` says what this one would do.
    #[serde(default)]
    pub shadow: bool,
}
