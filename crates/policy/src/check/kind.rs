use std::fmt;

/// Kinds of warnings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WarningKind {
    /// A key file, or its folder, that others than its owner may write to.
    KeyFileWritable,
    /// A policy, or a file that it names, that everyone may write to.
    FileWritable,
    /// One secret that serves two purposes.
    SharedSecret,
    /// A network some of whose addresses a narrower prefix of another kind takes away.
    NetworkOverlap,
    /// A prefix that lies within another one of the same network.
    PrefixRedundant,
    /// A prefix each of whose addresses is in a longer one of another network.
    PrefixCovered,
    /// A prefix with more addresses than anybody has.
    PrefixWide,
    /// A crawler that is refused, since its addresses are in an abusive network.
    CrawlerInAbusiveNetwork,
    /// A crawler whose requests an earlier one always takes.
    CrawlerNeverVerified,
    /// A user agent of a crawler that has another one of the same crawler in it.
    CrawlerUserAgentRedundant,
    /// A user agent of a crawler that browsers have in theirs.
    CrawlerUserAgentInBrowsers,
    /// A value of a cookie pass, or all of them, that no longer counts.
    CookiePassExpired,
    /// A cookie pass the last of whose values ends within two weeks.
    CookiePassEndsSoon,
    /// A cookie pass in a policy without an abusive network.
    CookiePassWithoutEffect,
    /// A source that no generator belongs to.
    SourceWithoutGenerators,
    /// A rewrite behind one with the same pattern.
    RewriteUnreachable,
    /// A rule for images whose conditions never hold together.
    ImageRuleNeverHolds,
    /// A rule for images behind others that decide everything that it could.
    ImageRuleUnreachable,
    /// A class of user agents that nothing follows from.
    ClassWithoutStage,
    /// A class in `user_agents.shadow` that has no stage.
    ShadowWithoutStage,
    /// A pattern that takes real browsers for something else.
    PatternTakesBrowsers,
    /// A pattern whose user agents another one always takes.
    PatternUnreachable,
    /// A stage that allows more than the one before it.
    StageLooser,
    /// A stage that does what the one before it does.
    StageWithoutChange,
    /// An exemption that has ended.
    ExemptionExpired,
    /// An exemption that ends within two weeks.
    ExemptionEndsSoon,
    /// An exemption that never ends.
    ExemptionWithoutUntil,
    /// An exemption that does not say where its reason is kept.
    ExemptionWithoutTask,
    /// An exemption that has no stage to lift.
    ExemptionWithoutEffect,
    /// An exemption behind one that holds whenever it does.
    ExemptionUnreachable,
    /// A limit that counts no request.
    LimitNeverCounts,
    /// A limit, or a rung of its ladder, behind a tighter one.
    LimitNeverRefuses,
    /// A sitemap gate that lets everybody in.
    SitemapsForEverybody,
    /// A path that another one of the same list has in it.
    PathRedundant,
}

impl WarningKind {
    /// Every kind, in the order of a policy's sections.
    pub const ALL: [Self; 34] = [
        Self::KeyFileWritable,
        Self::FileWritable,
        Self::SharedSecret,
        Self::NetworkOverlap,
        Self::PrefixRedundant,
        Self::PrefixCovered,
        Self::PrefixWide,
        Self::CrawlerInAbusiveNetwork,
        Self::CrawlerNeverVerified,
        Self::CrawlerUserAgentRedundant,
        Self::CrawlerUserAgentInBrowsers,
        Self::CookiePassExpired,
        Self::CookiePassEndsSoon,
        Self::CookiePassWithoutEffect,
        Self::SourceWithoutGenerators,
        Self::RewriteUnreachable,
        Self::ImageRuleNeverHolds,
        Self::ImageRuleUnreachable,
        Self::ClassWithoutStage,
        Self::ShadowWithoutStage,
        Self::PatternTakesBrowsers,
        Self::PatternUnreachable,
        Self::StageLooser,
        Self::StageWithoutChange,
        Self::ExemptionExpired,
        Self::ExemptionEndsSoon,
        Self::ExemptionWithoutUntil,
        Self::ExemptionWithoutTask,
        Self::ExemptionWithoutEffect,
        Self::ExemptionUnreachable,
        Self::LimitNeverCounts,
        Self::LimitNeverRefuses,
        Self::SitemapsForEverybody,
        Self::PathRedundant,
    ];

    /// The name under which `docs/checking.md` describes it; it does not change.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::KeyFileWritable => "key-file-writable",
            Self::FileWritable => "file-writable",
            Self::SharedSecret => "shared-secret",
            Self::NetworkOverlap => "network-overlap",
            Self::PrefixRedundant => "prefix-redundant",
            Self::PrefixCovered => "prefix-covered",
            Self::PrefixWide => "prefix-wide",
            Self::CrawlerInAbusiveNetwork => "crawler-in-abusive-network",
            Self::CrawlerNeverVerified => "crawler-never-verified",
            Self::CrawlerUserAgentRedundant => "crawler-user-agent-redundant",
            Self::CrawlerUserAgentInBrowsers => "crawler-user-agent-in-browsers",
            Self::CookiePassExpired => "cookie-pass-expired",
            Self::CookiePassEndsSoon => "cookie-pass-ends-soon",
            Self::CookiePassWithoutEffect => "cookie-pass-without-effect",
            Self::SourceWithoutGenerators => "source-without-generators",
            Self::RewriteUnreachable => "rewrite-unreachable",
            Self::ImageRuleNeverHolds => "image-rule-never-holds",
            Self::ImageRuleUnreachable => "image-rule-unreachable",
            Self::ClassWithoutStage => "class-without-stage",
            Self::ShadowWithoutStage => "shadow-without-stage",
            Self::PatternTakesBrowsers => "pattern-takes-browsers",
            Self::PatternUnreachable => "pattern-unreachable",
            Self::StageLooser => "stage-looser",
            Self::StageWithoutChange => "stage-without-change",
            Self::ExemptionExpired => "exemption-expired",
            Self::ExemptionEndsSoon => "exemption-ends-soon",
            Self::ExemptionWithoutUntil => "exemption-without-until",
            Self::ExemptionWithoutTask => "exemption-without-task",
            Self::ExemptionWithoutEffect => "exemption-without-effect",
            Self::ExemptionUnreachable => "exemption-unreachable",
            Self::LimitNeverCounts => "limit-never-counts",
            Self::LimitNeverRefuses => "limit-never-refuses",
            Self::SitemapsForEverybody => "sitemaps-for-everybody",
            Self::PathRedundant => "path-redundant",
        }
    }
}

impl fmt::Display for WarningKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
