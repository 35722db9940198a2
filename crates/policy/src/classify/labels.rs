use std::fmt;

use super::Client;
use super::crawler::Identity;
use crate::seal::SealStatus;

/// The value of `X-Provenance`: `label=value` pairs joined by `;`, the network first.
///
/// ```text
/// net=unknown
/// cloud=example-cloud;impostor=examplebot
/// client=examplebot;id=examplebot;img=valid;src=web
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Labels<'v>(&'v Client<'v>);

impl Client<'_> {
    /// The value of `X-Provenance`.
    #[must_use]
    pub fn labels(&self) -> Labels<'_> {
        Labels(self)
    }
}

impl fmt::Display for Labels<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(client) = self;
        let (label, value) = client.network.map_or(("net", "unknown"), |network| network.label());
        write!(f, "{label}={value}")?;
        match client.crawler {
            Identity::Verified(crawler) => write!(f, ";id={}", crawler.id)?,
            Identity::Impostor(crawler) => write!(f, ";impostor={}", crawler.id)?,
            Identity::Nobody => {}
        }
        if client.provenance.status != SealStatus::None {
            write!(f, ";img={}", client.provenance.status)?;
        }
        match client.provenance.source {
            Some(source) => write!(f, ";src={source}"),
            None => Ok(()),
        }
    }
}
