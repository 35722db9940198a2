//! Every metric: its name, type, unit, labels and what it counts.

/// A metric family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Family {
    /// Its name, without the `_total` of a counter and the `_info` of an info.
    pub name: &'static str,
    /// Its type.
    pub kind: Kind,
    /// The unit that its name ends with, if it has one.
    pub unit: Option<&'static str>,
    /// The names of its labels.
    pub labels: &'static [&'static str],
    /// What it says, in a sentence.
    pub help: &'static str,
}

/// The type of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Goes up, and begins anew with the process.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Times by bucket.
    Histogram,
    /// Always 1: its labels are what it says.
    Info,
}

impl Family {
    /// The name by which it is queried; that of a histogram has `_bucket`, `_sum` or `_count` behind it.
    #[must_use]
    pub fn sample_name(&self) -> String {
        let suffix = match self.kind {
            Kind::Counter => "_total",
            Kind::Info => "_info",
            Kind::Gauge | Kind::Histogram => "",
        };
        format!("{}{suffix}", self.name)
    }
}

macro_rules! families {
    ($($id:ident: $kind:ident $name:literal $([$unit:literal])? ($($label:literal),*) $help:literal;)*) => {
        $(
            #[doc = $help]
            pub const $id: Family = Family {
                name: $name,
                kind: Kind::$kind,
                unit: families!(@unit $($unit)?),
                labels: &[$($label),*],
                help: $help,
            };
        )*
        /// All of them, in the order in which they are exported.
        pub const ALL: &[Family] = &[$($id),*];
    };
    (@unit) => { None };
    (@unit $unit:literal) => { Some($unit) };
}

families! {
    BUILD: Info "provenance_agent_build" ("version") "Version of the agent.";
    POLICY: Info "provenance_agent_policy" ("fingerprint") "Digits of a hash of the policy in force, keys left out: the same wherever the same policy is in force.";
    READY: Gauge "provenance_agent_ready" () "1 while requests are answered; 0 before, and while the agent drains.";

    DECISIONS: Counter "provenance_agent_decisions" ("action", "tier", "ua_class") "Verdicts by action, tier and class of user agent.";
    RULE_DECISIONS: Counter "provenance_agent_rule_decisions" ("action", "reason") "The same verdicts by action and the rule that decided.";
    SHADOW_DECISIONS: Counter "provenance_agent_shadow_decisions" ("action", "reason") "What rules in shadow would have done to requests that passed.";
    UNDECIDED: Counter "provenance_agent_undecided" ("error") "NOTIFY frames without a verdict: HAProxy's configuration does not send what the agent reads.";
    IMPOSTORS: Counter "provenance_agent_impostors" () "Requests with the user agent of a known crawler from elsewhere.";
    TOKENS: Counter "provenance_agent_tokens" ("status") "Requests with a token of a session, by what it is worth.";
    NOTIFY_FRAMES: Counter "provenance_agent_notify_frames" () "NOTIFY frames that were answered.";
    PANICS: Counter "provenance_agent_panics" () "Verdicts that a defect of the agent has cost.";
    DECISION_SECONDS: Histogram "provenance_agent_decision_seconds" ["seconds"] () "Time from a NOTIFY that was read to its ACK; one in 16 of each thread is timed, so _count is no number of requests.";

    CONNECTIONS_OPEN: Gauge "provenance_agent_connections_open" () "Connections that are served.";
    CONNECTIONS_WAITING: Gauge "provenance_agent_connections_waiting" () "Listeners that have accepted a connection for which there is no room; more wait in their backlogs.";
    CONNECTIONS_MAX: Gauge "provenance_agent_connections_max" () "Connections that may be served at one time, --max-connections.";
    CONNECTIONS_SERVED: Counter "provenance_agent_connections_served" () "Connections that were served so far.";
    CONNECTIONS_ENDED: Counter "provenance_agent_connections_ended" ("ending") "Connections that have ended, by how.";
    ACCEPT_ERRORS: Counter "provenance_agent_accept_errors" () "Attempts to accept a connection that failed.";

    LIMITER_ENTRIES: Gauge "provenance_agent_limiter_entries" () "Keys in debt or held in the table of limits, about.";
    LIMITER_KEYS: Gauge "provenance_agent_limiter_keys" () "Keys that the table of limits has room for, --limiter-keys.";
    LIMITER_EVICTIONS: Counter "provenance_agent_limiter_evictions" () "Keys that were lost because the table of limits is full, and begin anew.";

    RELOADS: Counter "provenance_agent_reloads" ("result") "Attempts to read the policy anew; unchanged is one whose files were touched and hold what they held.";
    RELOAD_SUCCESSFUL: Gauge "provenance_agent_last_reload_successful" () "1 if the policy in force is what its files hold, 0 if they hold one that does not compile.";
    POLICY_AGE: Gauge "provenance_agent_policy_age_seconds" ["seconds"] () "How long the policy in force has been in force.";
    POLICY_SHADOW: Gauge "provenance_agent_policy_shadow" () "1 if the whole policy in force is in shadow, so that nobody is refused.";
    POLICY_FAILING: Gauge "provenance_agent_policy_failing_seconds" ["seconds"] () "For how long the files have held a policy that does not compile, 0 if they do not.";
    POLICY_LOADED: Gauge "provenance_agent_policy_loaded_timestamp_seconds" ["seconds"] () "When the policy in force was read.";
    RELOAD_ATTEMPTED: Gauge "provenance_agent_last_reload_timestamp_seconds" ["seconds"] () "When the policy was read last, whatever came of it.";
    FILE_MODIFIED: Gauge "provenance_agent_policy_file_modified_timestamp_seconds" ["seconds"] ("file", "kind") "When a file of the policy was written; one that is missing has none.";
    RANGES_CREATED: Gauge "provenance_agent_range_file_created_timestamp_seconds" ["seconds"] ("file") "When a range file in force was made, by its own creationTime.";

    LOG_DROPPED: Counter "provenance_agent_log_lines_dropped" () "Lines of the log that were lost because nobody reads it.";
    UNLOGGED: Counter "provenance_agent_decisions_unlogged" () "Refused and shadow decisions beyond --log-decisions, which the log does not show.";
    ADMIN_REQUESTS: Counter "provenance_agent_admin_requests" ("endpoint") "Requests to the admin address.";

    PROCESS_START: Gauge "process_start_time_seconds" ["seconds"] () "When the process began.";
    PROCESS_OPEN_FDS: Gauge "process_open_fds" () "Files that the process has open.";
    PROCESS_MAX_FDS: Gauge "process_max_fds" () "Files that the process may have open.";
    PROCESS_RESIDENT: Gauge "process_resident_memory_bytes" ["bytes"] () "Memory of the process that is in RAM.";
}
