use std::fmt;

use super::Verdict;
use crate::seal::SealStatus;

/// The value of `X-Provenance`: `label=value` pairs joined by `;`, the network first.
///
/// ```text
/// net=unknown
/// cloud=example-cloud;img=valid;src=web
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Labels<'v>(&'v Verdict<'v>);

impl Verdict<'_> {
    /// The value of `X-Provenance`.
    #[must_use]
    pub fn labels(&self) -> Labels<'_> {
        Labels(self)
    }
}

impl fmt::Display for Labels<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (label, value) = self.0.network.map_or(("net", "unknown"), |network| network.label());
        write!(f, "{label}={value}")?;
        let image = &self.0.provenance;
        if image.status != SealStatus::None {
            write!(f, ";img={}", image.status)?;
        }
        if let Some(source) = image.source {
            write!(f, ";src={source}")?;
        }
        Ok(())
    }
}
