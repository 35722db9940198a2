//! What a URL was found to be, kept for the task.

use std::ops::Range;
use std::time::Duration;

use policy::seal::{ImageProvenance, SealStatus};

/// An [`ImageProvenance`] that owns its texts, in one allocation: it outlives the buffers that they stood in.
pub(crate) struct Image {
    pub(crate) status: SealStatus,
    /// Zero where the seal does not prove an age.
    pub(crate) age: Duration,
    texts: String,
    site: Option<Range<usize>>,
    generator: Option<Range<usize>>,
    format: Option<Range<usize>>,
    source: Option<Range<usize>>,
}

impl Image {
    /// What every URL is to a policy without section `provenance`.
    pub(crate) const NONE: Self = Self {
        status: SealStatus::None,
        age: Duration::ZERO,
        texts: String::new(),
        site: None,
        generator: None,
        format: None,
        source: None,
    };

    /// The site that the URL was made for.
    pub(crate) fn site(&self) -> Option<&str> {
        self.text(&self.site)
    }

    /// The software component that made the URL.
    pub(crate) fn generator(&self) -> Option<&str> {
        self.text(&self.generator)
    }

    /// What the URL asks for.
    pub(crate) fn format(&self) -> Option<&str> {
        self.text(&self.format)
    }

    /// The class of the generator.
    pub(crate) fn source(&self) -> Option<&str> {
        self.text(&self.source)
    }

    /// Whether the URL is genuine and not older than its source allows.
    pub(crate) fn is_fresh(&self) -> bool {
        self.status == SealStatus::Valid
    }

    fn text(&self, range: &Option<Range<usize>>) -> Option<&str> {
        self.texts.get(range.clone()?)
    }
}

impl From<ImageProvenance<'_>> for Image {
    fn from(image: ImageProvenance<'_>) -> Self {
        let all = [image.site.as_deref(), image.generator.as_deref(), image.format.as_deref(), image.source];
        let mut texts = String::with_capacity(all.iter().flatten().map(|text| text.len()).sum());
        let [site, generator, format, source] = all.map(|text| {
            let start = texts.len();
            texts.push_str(text?);
            Some(start..texts.len())
        });
        let age = image.age.map_or(Duration::ZERO, Duration::from_secs);
        Self { status: image.status, age, texts, site, generator, format, source }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_every_text_and_tells_an_empty_one_from_none() {
        let image = Image::from(ImageProvenance {
            status: SealStatus::Valid,
            site: Some("en.example.org".into()),
            generator: Some("parser".into()),
            format: Some("".into()),
            source: Some("web"),
            age: Some(60),
        });
        assert_eq!(image.site(), Some("en.example.org"));
        assert_eq!(image.generator(), Some("parser"));
        assert_eq!(image.format(), Some(""));
        assert_eq!(image.source(), Some("web"));
        assert_eq!(image.age, Duration::from_secs(60));
        assert_eq!([Image::NONE.site(), Image::NONE.format()], [None, None]);
    }

    #[test]
    fn only_a_valid_url_is_fresh() {
        for status in SealStatus::ALL {
            assert_eq!(Image { status, ..Image::NONE }.is_fresh(), status == SealStatus::Valid, "{status}");
        }
    }
}
