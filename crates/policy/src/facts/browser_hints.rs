use std::fmt;

/// The headers by which a browser is told from what claims to be one, beside those in [`Headers`](super::Headers), which fills
/// them. Of a header that is sent twice, the first counts.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct BrowserHints<'a> {
    pub(crate) accept_language: Option<&'a [u8]>,
    pub(crate) accept_encoding: Option<&'a [u8]>,
    pub(crate) range: Option<&'a [u8]>,
    pub(crate) referer: Option<&'a [u8]>,
    pub(crate) upgrade_insecure_requests: Option<&'a [u8]>,
    pub(crate) fetch_site: Option<&'a [u8]>,
    pub(crate) fetch_mode: Option<&'a [u8]>,
    pub(crate) fetch_dest: Option<&'a [u8]>,
    pub(crate) fetch_user: Option<&'a [u8]>,
    pub(crate) brands: Option<&'a [u8]>,
    pub(crate) mobile: Option<&'a [u8]>,
    pub(crate) platform: Option<&'a [u8]>,
}

impl<'a> BrowserHints<'a> {
    /// Takes note of a header; the name is compared without regard to case, and one that says nothing of browsers is passed over.
    pub fn record(&mut self, name: &[u8], value: &'a [u8]) {
        let is = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
        let field = match name.len() {
            5 if is("range") => &mut self.range,
            7 if is("referer") => &mut self.referer,
            9 if is("sec-ch-ua") => &mut self.brands,
            14 if is("sec-fetch-site") => &mut self.fetch_site,
            14 if is("sec-fetch-mode") => &mut self.fetch_mode,
            14 if is("sec-fetch-dest") => &mut self.fetch_dest,
            14 if is("sec-fetch-user") => &mut self.fetch_user,
            15 if is("accept-language") => &mut self.accept_language,
            15 if is("accept-encoding") => &mut self.accept_encoding,
            16 if is("sec-ch-ua-mobile") => &mut self.mobile,
            18 if is("sec-ch-ua-platform") => &mut self.platform,
            25 if is("upgrade-insecure-requests") => &mut self.upgrade_insecure_requests,
            _ => return,
        };
        field.get_or_insert(value.trim_ascii());
    }

    /// Whether there is any part of the Fetch metadata (Fetch Metadata Request Headers, section 2).
    pub(crate) fn has_fetch_metadata(&self) -> bool {
        self.fetch_site.is_some() || self.fetch_mode.is_some() || self.fetch_dest.is_some()
    }
}

/// Names alone: a `Referer` tells where somebody was.
impl fmt::Debug for BrowserHints<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = [
            ("accept-language", self.accept_language),
            ("accept-encoding", self.accept_encoding),
            ("range", self.range),
            ("referer", self.referer),
            ("upgrade-insecure-requests", self.upgrade_insecure_requests),
            ("sec-fetch-site", self.fetch_site),
            ("sec-fetch-mode", self.fetch_mode),
            ("sec-fetch-dest", self.fetch_dest),
            ("sec-fetch-user", self.fetch_user),
            ("sec-ch-ua", self.brands),
            ("sec-ch-ua-mobile", self.mobile),
            ("sec-ch-ua-platform", self.platform),
        ];
        f.debug_set()
            .entries(named.iter().filter(|(_, value)| value.is_some()).map(|(name, _)| name))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_first_of_a_name_in_any_case() {
        let mut hints = BrowserHints::default();
        hints.record(b"Sec-Fetch-Dest", b" image ");
        hints.record(b"sec-fetch-dest", b"document");
        hints.record(b"sec-fetch-dust", b"script");
        assert_eq!(hints, BrowserHints { fetch_dest: Some(b"image"), ..BrowserHints::default() });
    }

    #[test]
    fn debug_output_keeps_values_to_itself() {
        let mut hints = BrowserHints::default();
        hints.record(b"referer", b"https://example.org/secret");
        assert_eq!(format!("{hints:?}"), "{\"referer\"}");
    }
}
