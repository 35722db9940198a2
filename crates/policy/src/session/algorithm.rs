use std::fmt;

use crate::document::AlgorithmDocument;

/// The algorithms that a key may be for (RFC 7518 section 3.1; RFC 8037 section 3.1 with Ed25519). There are no others:
/// what is not in this list cannot verify.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// ECDSA with P-256 and SHA-256.
    Es256,
    /// EdDSA with Ed25519.
    EdDsa,
    /// HMAC with SHA-256.
    Hs256,
}

impl Algorithm {
    const ALL: [Self; 4] = [Self::Rs256, Self::Es256, Self::EdDsa, Self::Hs256];

    /// The algorithm of an `alg`, which is compared byte for byte (RFC 7515 section 4.1.1).
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
            Self::Hs256 => "HS256",
        }
    }
}

impl From<AlgorithmDocument> for Algorithm {
    fn from(document: AlgorithmDocument) -> Self {
        match document {
            AlgorithmDocument::Rs256 => Self::Rs256,
            AlgorithmDocument::Es256 => Self::Es256,
            AlgorithmDocument::EdDsa => Self::EdDsa,
            AlgorithmDocument::Hs256 => Self::Hs256,
        }
    }
}

impl From<Algorithm> for jsonwebtoken::Algorithm {
    fn from(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Rs256 => Self::RS256,
            Algorithm::Es256 => Self::ES256,
            Algorithm::EdDsa => Self::EdDSA,
            Algorithm::Hs256 => Self::HS256,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_its_four_names_and_no_other() {
        for algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::from_name(algorithm.name()), Some(algorithm));
        }
        for name in
            ["none", "None", "NONE", "", "rs256", "RS256 ", "RS384", "PS256", "HS512", "ES256K", "Ed25519"]
        {
            assert_eq!(Algorithm::from_name(name), None, "{name}");
        }
    }
}
