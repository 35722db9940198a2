use jiff::tz::TimeZone;

use crate::Timestamp;

/// Response headers that tell a client, while it still passes, what will apply to it and from when on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// `Deprecation` (RFC 9745): when the next stage begins, such as `@1755475200`.
    pub deprecation: Box<str>,
    /// `Sunset` (RFC 8594): when the client will be refused altogether, such as `Mon, 25 Aug 2025 00:00:00 GMT`.
    pub sunset: Option<Box<str>>,
    /// `Link` (RFC 8288) to the page that explains the policy, in both relations.
    pub link: Box<str>,
}

impl Notice {
    /// Notice of a change at `from`, and of a block at `block`; `url` explains both.
    pub(super) fn new(from: Timestamp, block: Option<Timestamp>, url: &str) -> Self {
        let relation = if block.is_some() { "deprecation sunset" } else { "deprecation" };
        Self {
            deprecation: format!("@{}", from.seconds()).into(),
            sunset: block.and_then(imf_fixdate).map(Box::from),
            link: format!("<{url}>; rel=\"{relation}\"; type=\"text/html\"").into(),
        }
    }
}

/// The preferred format of HTTP dates (RFC 9110 section 5.6.7); `None` beyond the year 9999.
fn imf_fixdate(time: Timestamp) -> Option<String> {
    let time = jiff::Timestamp::from_second(i64::try_from(time.seconds()).ok()?).ok()?;
    Some(time.to_zoned(TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_each_header_as_its_rfc_has_it() {
        let (from, block) = ("2025-08-18".parse().unwrap(), "2025-08-25".parse().unwrap());
        let notice = Notice::new(from, Some(block), "https://example.org/policy");
        assert_eq!(&*notice.deprecation, "@1755475200");
        assert_eq!(notice.sunset.as_deref(), Some("Mon, 25 Aug 2025 00:00:00 GMT"));
        assert_eq!(
            &*notice.link,
            "<https://example.org/policy>; rel=\"deprecation sunset\"; type=\"text/html\""
        );
        let without = Notice::new(from, None, "https://example.org/policy");
        assert_eq!(without.sunset, None);
        assert_eq!(&*without.link, "<https://example.org/policy>; rel=\"deprecation\"; type=\"text/html\"");
    }
}
