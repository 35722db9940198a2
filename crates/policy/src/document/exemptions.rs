use serde::Deserialize;
use serde_saphyr::Spanned;

/// An entry of section `exemptions`: requests to which the stages of their user agents do not apply. Every condition that is
/// given must hold; of a list, one entry. At least one condition is given.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExemptionDocument {
    /// Name of the exemption, printed in logs: lower-case letters, digits and `_`.
    pub name: Spanned<String>,
    /// Hosts: names, or `*.example.org` for every name below it.
    #[serde(default)]
    pub hosts: Vec<Spanned<String>>,
    /// Paths: `/keys`, or with one `*` for anything: `/static/*`.
    #[serde(default)]
    pub paths: Vec<Spanned<String>>,
    /// Names of networks in section `networks`.
    #[serde(default)]
    pub networks: Vec<Spanned<String>>,
    /// Methods, in upper case.
    #[serde(default)]
    pub methods: Vec<Spanned<String>>,
    /// Headers one of which is there with a value, such as `authorization`.
    #[serde(default)]
    pub headers: Vec<Spanned<String>>,
    /// Classes of user agents.
    #[serde(default)]
    pub classes: Vec<Spanned<String>>,
    /// Date (begins at 00:00:00 UTC) or RFC 3339 time from which on the exemption no longer holds.
    pub until: Option<Spanned<String>>,
    /// Where the reason is kept, such as the number of a task.
    pub task: Option<Spanned<String>>,
}
