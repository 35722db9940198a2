use serde::Deserialize;
use serde_saphyr::Spanned;

/// An entry of section `exemptions`: requests to which the stages of their user agents do not apply; limits and networks still
/// do (`docs/stages.md`). Every condition that is given must hold; of a list, one entry. At least one condition is given. The
/// first exemption that holds counts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExemptionDocument {
    /// Name of the exemption, printed in logs as `exemption.<name>`: 1 to 64 of `a-z 0-9 _`.
    pub name: Spanned<String>,
    /// Hosts: names, or `*.example.org` for every name below it. Default any.
    #[serde(default)]
    pub hosts: Vec<Spanned<String>>,
    /// Paths: `/keys`, or with one `*` for anything: `/static/*`. Default any.
    #[serde(default)]
    pub paths: Vec<Spanned<String>>,
    /// Names of networks in section `networks`. Default any.
    #[serde(default)]
    pub networks: Vec<Spanned<String>>,
    /// Methods, in upper case. Default any.
    #[serde(default)]
    pub methods: Vec<Spanned<String>>,
    /// Headers one of which is there with a value, such as `authorization`. Default: none is asked for.
    #[serde(default)]
    pub headers: Vec<Spanned<String>>,
    /// Classes of user agents. Default any.
    #[serde(default)]
    pub classes: Vec<Spanned<String>>,
    /// Date or time from which on the exemption no longer holds. Default: it has no end.
    pub until: Option<Spanned<String>>,
    /// Where the reason is kept, such as the number of a task.
    pub task: Option<Spanned<String>>,
}
