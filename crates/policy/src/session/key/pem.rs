//! A public key in PEM (RFC 7468 section 13), which holds a SubjectPublicKeyInfo in DER (RFC 5280 section 4.1.2.7).
//!
//! ```text
//! Ed25519   30 2a  30 05  06 03 2b6570                                       03 21 00     32 bytes    RFC 8410
//! P-256     30 59  30 13  06 07 2a8648ce3d0201  06 08 2a8648ce3d030107       03 42 00 04  64 bytes    RFC 5480
//!           SEQ    SEQ    OID of the algorithm  OID of the curve             BIT STRING
//! ```
//!
//! DER has one spelling of each, so the bytes before the key are compared as a whole. Of RSA, the lengths vary with the key.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::crypto::aws_lc;

use super::KeyError;
pub(super) use super::PublicKey;

const ED25519: &[u8] = b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00";
const P256: &[u8] =
    b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00";
/// The OID rsaEncryption (RFC 8017 appendix A.1).
const RSA_ENCRYPTION: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
/// The uncompressed form of a point (SEC 1 section 2.3.3).
const UNCOMPRESSED: u8 = 4;

impl PublicKey {
    /// Reads the one block of a PEM file. Text before and after it is let through, as RFC 7468 section 2 has it.
    pub(super) fn from_pem(pem: &[u8]) -> Result<Self, KeyError> {
        let text = str::from_utf8(pem).map_err(|_| KeyError::NoPem)?;
        let (_, begun) = text.split_once("-----BEGIN ").ok_or(KeyError::NoPem)?;
        let (label, rest) = begun.split_once("-----").ok_or(KeyError::NoPem)?;
        match label {
            "PUBLIC KEY" | "RSA PUBLIC KEY" => {}
            "CERTIFICATE" => return Err(KeyError::Certificate),
            private if private.ends_with("PRIVATE KEY") => return Err(KeyError::Private),
            _ => return Err(KeyError::NoPem),
        }
        let (body, after) = rest.split_once(&format!("-----END {label}-----")).ok_or(KeyError::NoPem)?;
        if after.contains("PRIVATE KEY-----") {
            return Err(KeyError::Private);
        }
        if after.contains("-----BEGIN ") {
            return Err(KeyError::NoPem);
        }
        let body: Vec<u8> = body.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
        let der = STANDARD.decode(body).map_err(|_| KeyError::NoPem)?;
        if label == "RSA PUBLIC KEY" { Self::rsa(&der) } else { Self::from_spki(&der) }
    }

    fn from_spki(der: &[u8]) -> Result<Self, KeyError> {
        if let Some(Ok(point)) = der.strip_prefix(ED25519).map(TryInto::try_into) {
            return Ok(Self::Ed25519(point));
        }
        if let Some(point) = der.strip_prefix(P256) {
            let point: [u8; 65] = point.try_into().map_err(|_| KeyError::UnknownKind)?;
            return if point.first() == Some(&UNCOMPRESSED) {
                Ok(Self::P256(point))
            } else {
                Err(KeyError::UnknownKind)
            };
        }
        // The identifier stands after two headers of a SEQUENCE, of 2 to 4 bytes each.
        let head = der.get(..der.len().min(24)).unwrap_or_default();
        if memchr::memmem::find(head, RSA_ENCRYPTION).is_some() {
            Self::rsa(der)
        } else {
            Err(KeyError::UnknownKind)
        }
    }

    /// A SubjectPublicKeyInfo or an RSAPublicKey (RFC 8017 appendix A.1.1).
    fn rsa(der: &[u8]) -> Result<Self, KeyError> {
        let components = (aws_lc::DEFAULT_PROVIDER.key_utils.rsa_pub_components_from_public_key)(der);
        let (n, e) = components.map_err(|_| KeyError::UnknownKind)?;
        Ok(Self::Rsa { n, e })
    }
}
