//! The seal as it stands in a URL.
//!
//! ```text
//!  1 f . k 2 0 2 6 a . 1 7 6 3 5 9 6 8 0 0 . A b C d E f G h I j K l M n O p Q r S t U w
//!  │ │   └─ kid ───┘   └──── ts ───────┘   └──── mac: 16 bytes, base64url, 22 characters ┘
//!  │ └─ scope: e path, f file
//!  └─ version of the seal
//! ```

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Bytes of HMAC-SHA256 that a seal carries: 128 bits, as RFC 2104 section 5 allows.
pub(crate) const MAC_BYTES: usize = 16;
/// Characters of base64url that carry [`MAC_BYTES`].
const MAC_CHARACTERS: usize = 22;
/// Most digits of a time.
const TS_DIGITS: usize = 12;
/// Most characters of a key's id.
pub(crate) const KID_CHARACTERS: usize = 16;

/// Most bytes of a seal: version and scope, three dots, and the longest of each part.
pub(crate) const MAX_SEAL: usize = 2 + 3 + KID_CHARACTERS + TS_DIGITS + MAC_CHARACTERS;

/// What a seal is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// This path alone.
    Path,
    /// The file: any thumbnail of it.
    File,
}

impl Scope {
    /// The letter that stands in the seal and in the message.
    #[must_use]
    pub const fn letter(self) -> char {
        match self {
            Self::Path => 'e',
            Self::File => 'f',
        }
    }

    /// The scope of a letter.
    #[must_use]
    pub const fn from_letter(letter: char) -> Option<Self> {
        match letter {
            'e' => Some(Self::Path),
            'f' => Some(Self::File),
            _ => None,
        }
    }
}

/// A seal that parsed; whether it is genuine is not known yet.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seal<'a> {
    pub(crate) scope: Scope,
    pub(crate) kid: &'a str,
    /// `ts` as it stands in the seal, which is what the message holds.
    pub(crate) ts: &'a str,
    pub(crate) seconds: u64,
    pub(crate) mac: [u8; MAC_BYTES],
}

impl<'a> Seal<'a> {
    /// Parses a decoded seal parameter; `None` for whatever the grammar does not allow, non-canonical base64 included.
    pub(crate) fn parse(text: &'a [u8]) -> Option<Self> {
        let text = str::from_utf8(text).ok()?;
        let mut parts = text.split('.');
        let (head, kid, ts, mac) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() || !is_kid(kid) {
            return None;
        }
        let mut letters = head.strip_prefix('1')?.chars();
        let scope = Scope::from_letter(letters.next()?)?;
        if letters.next().is_some() {
            return None;
        }
        Some(Self { scope, kid, ts, seconds: parse_ts(ts)?, mac: parse_mac(mac)? })
    }
}

/// Redacted: whoever has the seal has the right that it grants.
impl fmt::Debug for Seal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Seal(1{}.{}.{}.…)", self.scope.letter(), self.kid, self.ts)
    }
}

/// Whether `text` is the id of a key: 1 to 16 of `A-Z a-z 0-9 _`.
pub(crate) fn is_kid(text: &str) -> bool {
    (1..=KID_CHARACTERS).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

fn parse_ts(text: &str) -> Option<u64> {
    let digits = (1..=TS_DIGITS).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let leading_zero = text.len() > 1 && text.starts_with('0');
    if digits && !leading_zero { text.parse().ok() } else { None }
}

fn parse_mac(text: &str) -> Option<[u8; MAC_BYTES]> {
    if text.len() != MAC_CHARACTERS {
        return None;
    }
    let mut mac = [0; MAC_BYTES];
    // The engine refuses padding, other alphabets and spare bits that are not zero (RFC 4648 section 3.5).
    let decoded = URL_SAFE_NO_PAD.decode_slice(text, &mut mac).ok()?;
    (decoded == MAC_BYTES).then_some(mac)
}

/// Appends the text of a MAC.
pub(crate) fn encode_mac(url: &mut String, mac: [u8; MAC_BYTES]) {
    URL_SAFE_NO_PAD.encode_string(mac, url);
}
