use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use crate::clock::Clock;
use crate::connection_counts::ConnectionCounts;
use crate::lifecycle::Lifecycle;
use crate::logging::LogControl;
use crate::reload::ReloadStatus;
use crate::service::PolicyService;

/// What an agent is asked about.
#[derive(Debug)]
pub struct Context {
    /// What answers requests.
    pub service: Arc<PolicyService>,
    /// The time that it goes by.
    pub clock: Clock,
    /// When the process began.
    pub started: SystemTime,
    /// Its connections, and how many it may serve at one time.
    pub connections: Arc<ConnectionCounts>,
    /// `--max-connections`.
    pub max_connections: u32,
    /// `--limiter-keys`.
    pub limiter_keys: usize,
    /// What became of its policy.
    pub reload: Arc<ReloadStatus>,
    /// Where it stands.
    pub lifecycle: Arc<Lifecycle>,
    /// Its log, unless there is none, as in tests.
    pub log: Option<LogControl>,
    /// The addresses that HAProxy finds it at.
    pub listen: String,
    /// The policy's file.
    pub policy: PathBuf,
    /// Whether only this machine can ask.
    pub local: bool,
    /// What it was asked.
    pub requests: RequestCounts,
}

#[cfg(test)]
impl Context {
    /// An agent with the policy that ships, which nobody has asked for anything.
    pub(crate) fn of_the_policy_that_ships() -> Self {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../policy/policy.yaml");
        let (policy, load) = crate::reload::Load::first(file.as_ref()).unwrap();
        let status = ReloadStatus::of(&policy, &load);
        let limits = limits::Table::new(10, &limits::Seed::from([7; 16])).unwrap();
        let sessions = policy::session::SessionCache::new(1, [7; 32]).unwrap();
        Self {
            service: Arc::new(PolicyService::new(policy, limits, sessions)),
            clock: Clock::System,
            started: SystemTime::now(),
            connections: Arc::default(),
            max_connections: 1_000,
            limiter_keys: 10,
            reload: Arc::new(status),
            lifecycle: Arc::default(),
            log: None,
            listen: String::new(),
            policy: file.into(),
            local: true,
            requests: RequestCounts::default(),
        }
    }
}

/// Counts requests by what they ask.
#[derive(Debug, Default)]
pub struct RequestCounts([AtomicU64; RequestCounts::ENDPOINTS.len()]);

impl RequestCounts {
    /// What can be asked, and whatever else is.
    pub const ENDPOINTS: [&str; 7] =
        ["/", "/metrics", "/healthz", "/readyz", "/explain", "/log-level", "other"];

    /// Counts a request for a path.
    pub fn count(&self, path: &str) {
        let place = Self::ENDPOINTS.iter().position(|endpoint| *endpoint == path);
        if let Some(count) = self.0.get(place.unwrap_or(Self::ENDPOINTS.len().saturating_sub(1))) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Hands over each count.
    pub fn each(&self, mut take: impl FnMut(&'static str, u64)) {
        for (endpoint, count) in Self::ENDPOINTS.into_iter().zip(&self.0) {
            take(endpoint, count.load(Ordering::Relaxed));
        }
    }
}
