use std::path::PathBuf;

use policy::Timestamp;

use super::Settings;
use super::format::{UtcOffset, Wanted};
use crate::policy_file::PolicyFile;

/// Options of `replay`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Formats:
  auto            whichever fits the first lines of each log
  haproxy         option httplog with captures (--captures), or key=value as in haproxy/haproxy.cfg;
                  behind a header of syslog or the journal, too
  combined        NCSA combined, of Apache, nginx and varnishncsa
  common, vhost_combined, varnishncsa
  json            requests as explain reads them, one a line
  a format string of Apache or varnishncsa, such as '%h %l %u %t \"%r\" %s %b \"%{User-agent}i\" \"%{Host}i\"'

Examples:
  provenancectl replay --policy policy.yaml access.log.2.gz access.log.1 access.log
  provenancectl replay --policy new.yaml --against policy.yaml --report changes.html access.log.gz
  provenancectl replay --policy policy.yaml --as-of 2026-12-01 --captures host,user-agent haproxy.log
  journalctl -u haproxy -o short | provenancectl replay --policy policy.yaml --captures host,user-agent -")]
pub struct Args {
    #[command(flatten)]
    pub(super) policy: PolicyFile,

    /// The policy to compare with, such as the one in force [default: the status that the log has]
    #[arg(long, value_name = "FILE")]
    pub(super) against: Option<PathBuf>,

    /// How the logs are written; see below
    #[arg(long, value_name = "FORMAT", default_value = "auto")]
    format: Wanted,

    /// HAProxy: names of the headers in {…|…}, in the order of `capture request header`
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    captures: Vec<Box<str>>,

    /// The host of requests whose line tells none
    #[arg(long, value_name = "NAME")]
    host: Option<String>,

    /// The user agent of all requests, where the format has none
    #[arg(long, value_name = "TEXT")]
    assume_user_agent: Option<String>,

    /// How far the log's clock is ahead of UTC, for times without a zone
    #[arg(long, value_name = "+HH:MM", default_value = "Z", allow_hyphen_values = true)]
    utc_offset: UtcOffset,

    /// Judge as if the first line were of this time, the others as far from it as they are
    #[arg(long, value_name = "TIME")]
    as_of: Option<Timestamp>,

    /// Clients that limits can remember at one time, at 32 bytes each
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    pub(super) limiter_keys: usize,

    /// Rows of each table
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(super) top: u16,

    /// Write a page with charts and tables to this file
    #[arg(long, value_name = "OUT.html")]
    pub(super) report: Option<PathBuf>,

    /// Access logs, in the order of their times: plain, gzip or zstd; - is standard input
    #[arg(value_name = "LOG", required = true)]
    pub(super) logs: Vec<PathBuf>,
}

impl Args {
    pub(super) fn settings(&self) -> Settings {
        Settings {
            format: self.format.clone(),
            captures: self.captures.clone(),
            host: self.host.clone().unwrap_or_default().into_bytes(),
            assume_user_agent: self.assume_user_agent.clone().map(String::into_bytes),
            utc_offset: self.utc_offset,
            as_of: self.as_of,
        }
    }
}
