use std::fmt::{Display, Write as _};

use super::{Family, Kind};

/// A format that Prometheus reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// OpenMetrics 1.0.
    OpenMetrics,
    /// Prometheus' text format 0.0.4.
    Text,
}

impl Format {
    /// What a client that sends this `Accept` can read: OpenMetrics if it says so, else the text that everybody reads.
    #[must_use]
    pub fn accepted(accept: &str) -> Self {
        let mut types = accept.split(',').map(|range| range.split(';').next().unwrap_or_default().trim());
        match types.any(|media| media.eq_ignore_ascii_case("application/openmetrics-text")) {
            true => Self::OpenMetrics,
            false => Self::Text,
        }
    }

    /// The media type.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Self::Text => "text/plain; version=0.0.4; charset=utf-8",
        }
    }
}

/// Metrics as text.
pub(super) struct Exposition {
    text: String,
    format: Format,
}

/// The family that samples are written of.
pub(super) struct Samples<'e> {
    text: &'e mut String,
    family: &'e Family,
}

impl Exposition {
    pub(super) fn new(format: Format) -> Self {
        Self { text: String::with_capacity(16 * 1024), format }
    }

    /// Begins a family: its samples follow.
    pub(super) fn family<'e>(&'e mut self, family: &'e Family) -> Samples<'e> {
        let (name, kind) = match (self.format, family.kind) {
            (Format::OpenMetrics, Kind::Info) => (family.name.to_owned(), "info"),
            (Format::Text, Kind::Info) => (family.sample_name(), "gauge"),
            (Format::OpenMetrics, Kind::Counter) => (family.name.to_owned(), "counter"),
            (Format::Text, Kind::Counter) => (family.sample_name(), "counter"),
            (_, Kind::Gauge) => (family.name.to_owned(), "gauge"),
            (_, Kind::Histogram) => (family.name.to_owned(), "histogram"),
        };
        let text = &mut self.text;
        // To write into a string does not fail.
        let _ = writeln!(text, "# TYPE {name} {kind}");
        if let (Format::OpenMetrics, Some(unit)) = (self.format, family.unit) {
            let _ = writeln!(text, "# UNIT {name} {unit}");
        }
        let _ = writeln!(text, "# HELP {name} {}", family.help);
        Samples { text, family }
    }

    /// A family of one sample without labels.
    pub(super) fn single(&mut self, family: &Family, value: impl Display) {
        self.family(family).sample(&[], value);
    }

    /// The whole text.
    pub(super) fn finish(mut self) -> String {
        if self.format == Format::OpenMetrics {
            self.text.push_str("# EOF\n");
        }
        self.text
    }
}

impl Samples<'_> {
    /// A sample; the values of its labels come in the order of the family's.
    pub(super) fn sample(&mut self, labels: &[&str], value: impl Display) {
        let labels = self.family.labels.iter().copied().zip(labels.iter().copied());
        let name = self.family.sample_name();
        self.line(&name, labels, value);
    }

    /// A sample of a histogram, such as `_sum`; a bucket has its upper bound.
    pub(super) fn part(&mut self, suffix: &str, bound: Option<&str>, value: impl Display) {
        let name = format!("{}{suffix}", self.family.name);
        self.line(&name, bound.map(|bound| ("le", bound)).into_iter(), value);
    }

    fn line<'l>(
        &mut self,
        name: &str,
        labels: impl Iterator<Item = (&'l str, &'l str)>,
        value: impl Display,
    ) {
        self.text.push_str(name);
        let mut before = '{';
        for (label, value) in labels {
            let _ = write!(self.text, "{before}{label}=\"");
            for c in value.chars() {
                match c {
                    '\\' => self.text.push_str("\\\\"),
                    '"' => self.text.push_str("\\\""),
                    '\n' => self.text.push_str("\\n"),
                    _ => self.text.push(c),
                }
            }
            self.text.push('"');
            before = ',';
        }
        if before == ',' {
            self.text.push('}');
        }
        let _ = writeln!(self.text, " {value}");
    }
}
