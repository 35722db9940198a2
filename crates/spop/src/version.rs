//! Versions of SPOP, and the list of them that HAProxy announces (SPOE.txt, section 3.2.4).

use core::fmt;

use crate::error::Error;

/// A version of the protocol, "Major.Minor".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// The major version, at least 1.
    pub major: u16,
    /// The minor version. One that is supported includes all lower ones of the same major version.
    pub minor: u16,
}

impl Version {
    /// The version that this crate speaks, and every HAProxy since 1.8.
    pub const V2_0: Self = Self { major: 2, minor: 0 };

    /// Reads "Major.Minor"; spaces around it are ignored.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        let text = text.trim_ascii();
        let dot = text.iter().position(|&byte| byte == b'.')?;
        let (major, minor) = text.split_at_checked(dot)?;
        let version = Self { major: number(major)?, minor: number(minor.get(1..)?)? };
        (version.major != 0).then_some(version)
    }
}

fn number(digits: &[u8]) -> Option<u16> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u16, |number, &digit| {
        let value = digit.is_ascii_digit().then(|| u16::from(digit - b'0'))?;
        number.checked_mul(10)?.checked_add(value)
    })
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// `supported-versions`: the versions that HAProxy speaks, separated by commas.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SupportedVersions<'a>(&'a [u8]);

impl<'a> SupportedVersions<'a> {
    /// A list as it stands in the item: "2.0, 1.5".
    #[must_use]
    pub const fn new(list: &'a [u8]) -> Self {
        Self(list)
    }

    /// The list as it stands in the item.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.0
    }

    /// The versions in their order. What does not read as a version is none that could be agreed on, and
    /// skipped.
    pub fn iter(&self) -> impl Iterator<Item = Version> + 'a {
        self.0.split(|&byte| byte == b',').filter_map(Version::parse)
    }

    /// Whether the list has `version`, or a later minor version of the same major one.
    #[must_use]
    pub fn supports(&self, version: Version) -> bool {
        self.iter().any(|listed| listed.major == version.major && listed.minor >= version.minor)
    }

    /// The version to answer with: 2.0, the only one that this crate speaks.
    ///
    /// # Errors
    ///
    /// [`Error::UnsupportedVersion`] if the list does not include it.
    pub fn negotiate(&self) -> Result<Version, Error> {
        if self.supports(Version::V2_0) { Ok(Version::V2_0) } else { Err(Error::UnsupportedVersion) }
    }
}

impl fmt::Debug for SupportedVersions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}

#[cfg(test)]
mod tests {
    use std::string::ToString;
    use std::vec::Vec;

    use super::*;

    #[test]
    fn spaces_in_the_list_are_ignored() {
        let listed: Vec<_> = SupportedVersions::new(b" 2.0 ,1.5,\t1.10").iter().collect();
        let version = |major, minor| Version { major, minor };
        assert_eq!(listed, [version(2, 0), version(1, 5), version(1, 10)]);
    }

    #[test]
    fn what_is_no_version_is_skipped() {
        for text in ["", "2", "2.", ".0", "2.0.0", "0.9", "v2.0", "2.-1", "2,0", "65536.0", "2.65536", "2. 0"]
        {
            assert_eq!(Version::parse(text.as_bytes()), None, "{text}");
        }
        assert!(SupportedVersions::new(b"3.0-dev, 2.0").supports(Version::V2_0));
    }

    #[test]
    fn a_later_minor_version_includes_2_0() {
        assert_eq!(SupportedVersions::new(b"3.0, 2.4").negotiate(), Ok(Version::V2_0));
    }

    #[test]
    fn refuses_a_list_without_2_0() {
        for list in ["", "1.0", "3.0", "20.0", "1.2,3.0", ",,,"] {
            let list = SupportedVersions::new(list.as_bytes());
            assert_eq!(list.negotiate(), Err(Error::UnsupportedVersion), "{list:?}");
        }
    }

    #[test]
    fn displays_as_it_is_written() {
        assert_eq!(Version::V2_0.to_string(), "2.0");
    }
}
