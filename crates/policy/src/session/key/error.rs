use crate::seal::SecretError;
use crate::session::algorithm::Algorithm;

/// Why a key cannot be used.
#[derive(Debug, thiserror::Error)]
pub(in crate::session) enum KeyError {
    #[error("{0}")]
    Read(String),
    #[error("{0}")]
    Secret(#[from] SecretError),
    #[error("a key of {algorithm} is {}", expected_origin(*.algorithm))]
    Origin { algorithm: Algorithm },
    #[error("it holds a key in PEM or JSON, which others may know; expected the bytes of a secret")]
    SecretIsKeyFile,
    #[error("it holds a private key; expected the public one")]
    Private,
    #[error("it holds a certificate; expected the public key alone")]
    Certificate,
    #[error("not a public key in PEM; expected one block that begins with -----BEGIN PUBLIC KEY-----")]
    NoPem,
    #[error("a public key of another kind; expected RSA, P-256 (uncompressed) or Ed25519")]
    UnknownKind,
    #[error("{found}; {algorithm} needs {}", expected_kind(*.algorithm))]
    Kind { algorithm: Algorithm, found: &'static str },
    #[error("an RSA key of {0} bits; expected 2048 to 8192")]
    RsaBits(usize),
    #[error("an RSA key whose exponent is even, or 1")]
    RsaExponent,
    #[error("a key whose point is not on the curve P-256, so that no token could be verified")]
    OffCurve,
    #[error("not a JWK Set: {0}")]
    NoJwks(serde_json::Error),
    #[error("it holds no key of this id")]
    JwksWithout,
    #[error("it holds {0} keys of this id; expected one")]
    JwksAmbiguous(usize),
    #[error("the key of this id is not a JWK: {0}")]
    NoJwk(serde_json::Error),
    #[error("the key of this id is a secret; expected a public key")]
    JwkSecret,
    #[error("the key of this id has no \"{0}\" of the length that its kind needs, in base64url")]
    JwkMember(&'static str),
    #[error("the key of this id is for \"{0}\", not for the verification of tokens by this algorithm")]
    JwkPurpose(String),
}

impl KeyError {
    /// What to do about it, where that is not clear from the error.
    pub(in crate::session) fn remedy(&self) -> Option<&'static str> {
        match self {
            Self::Secret(why) => Some(why.remedy()),
            Self::SecretIsKeyFile => {
                Some("for a public key, write its own algorithm and pem or jwks in the place of secret")
            }
            Self::Private => Some(
                "openssl pkey -in FILE -pubout > FILE.pub.pem; and make a new pair if others may have read this one",
            ),
            Self::Certificate => Some("openssl x509 -in FILE -noout -pubkey > FILE.pub.pem"),
            Self::JwkSecret => {
                Some("write the bytes of the secret to a file of their own, and name it as secret")
            }
            Self::OffCurve => {
                Some("fetch the key anew from the issuer: this one was cut, or written by hand")
            }
            _ => None,
        }
    }
}

const fn expected_origin(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Hs256 => "a secret",
        Algorithm::Rs256 | Algorithm::Es256 | Algorithm::EdDsa => "public: in pem or jwks",
    }
}

const fn expected_kind(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Rs256 => "an RSA key",
        Algorithm::Es256 => "a key of P-256",
        Algorithm::EdDsa => "a key of Ed25519",
        Algorithm::Hs256 => "a secret",
    }
}
