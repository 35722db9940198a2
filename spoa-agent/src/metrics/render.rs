use std::sync::atomic::Ordering;
use std::time::{SystemTime, UNIX_EPOCH};

use policy::session::SessionStatus;

use super::exposition::Exposition;
use super::{Format, family, process};
use crate::admin::Context;
use crate::lifecycle::Phase;
use crate::tally::{BUCKETS, Histogram, Totals, UNDECIDED};

/// All metrics of an agent.
#[must_use]
pub fn render(agent: &Context, format: Format) -> String {
    let mut out = Exposition::new(format);
    let known = agent.reload.known();
    out.family(&family::BUILD).sample(&[env!("CARGO_PKG_VERSION")], 1);
    out.family(&family::POLICY).sample(&[&known.fingerprint], 1);
    out.single(&family::READY, u8::from(agent.lifecycle.phase() == Phase::Ready));
    let totals = agent.service.tally().totals();
    decisions(&mut out, &totals);
    latency(&mut out, &totals.latency);
    connections(&mut out, agent);
    out.single(&family::LIMITER_ENTRIES, agent.service.limits().entries());
    out.single(&family::LIMITER_KEYS, agent.limiter_keys);
    out.single(&family::LIMITER_EVICTIONS, agent.service.limits().evictions());
    policy(&mut out, &known);
    out.single(&family::LOG_DROPPED, agent.log.as_ref().map_or(0, |log| log.dropped()));
    out.single(&family::UNLOGGED, totals.unlogged);
    let mut requests = out.family(&family::ADMIN_REQUESTS);
    agent.requests.each(|endpoint, count| requests.sample(&[endpoint], count));
    process::render(&mut out, agent.started);
    out.finish()
}

fn decisions(out: &mut Exposition, totals: &Totals) {
    let mut samples = out.family(&family::DECISIONS);
    for (action, tier, class, count) in totals.by_class() {
        samples.sample(&[action.as_str(), tier, class], count);
    }
    let mut samples = out.family(&family::RULE_DECISIONS);
    for (action, reason, count) in totals.by_reason() {
        samples.sample(&[action.as_str(), reason], count);
    }
    let mut samples = out.family(&family::SHADOW_DECISIONS);
    for (action, reason, count) in totals.would() {
        samples.sample(&[action.as_str(), reason], count);
    }
    let mut samples = out.family(&family::UNDECIDED);
    for (error, count) in UNDECIDED.into_iter().zip(totals.undecided) {
        samples.sample(&[error], count);
    }
    out.single(&family::IMPOSTORS, totals.impostors);
    let mut samples = out.family(&family::TOKENS);
    for (status, count) in SessionStatus::ALL.into_iter().zip(totals.sessions) {
        if status != SessionStatus::None {
            samples.sample(&[status.as_str()], count);
        }
    }
    out.single(&family::NOTIFY_FRAMES, totals.frames);
    out.single(&family::PANICS, totals.panics);
}

/// Buckets count what is below their bound, those before them included.
fn latency(out: &mut Exposition, latency: &Histogram) {
    let mut samples = out.family(&family::DECISION_SECONDS);
    let mut below = 0_u64;
    for (bound, count) in BUCKETS.into_iter().map(Some).chain([None]).zip(latency.counts) {
        below = below.saturating_add(count);
        let bound = bound.map_or_else(|| "+Inf".to_owned(), seconds);
        samples.part("_bucket", Some(&bound), below);
    }
    samples.part("_sum", None, seconds(latency.nanos));
    samples.part("_count", None, below);
}

/// Nanoseconds as seconds, exactly.
fn seconds(nanos: u64) -> String {
    const SECOND: u64 = 1_000_000_000;
    let text = format!("{}.{:09}", nanos / SECOND, nanos % SECOND);
    let text = text.trim_end_matches('0');
    if text.ends_with('.') { format!("{text}0") } else { text.to_owned() }
}

fn connections(out: &mut Exposition, agent: &Context) {
    let counts = &agent.connections;
    out.single(&family::CONNECTIONS_OPEN, counts.open());
    out.single(&family::CONNECTIONS_WAITING, counts.waiting.load(Ordering::Relaxed));
    out.single(&family::CONNECTIONS_MAX, agent.max_connections);
    out.single(&family::CONNECTIONS_SERVED, counts.served.load(Ordering::Relaxed));
    let mut samples = out.family(&family::CONNECTIONS_ENDED);
    for (ending, count) in counts.endings() {
        samples.sample(&[ending], count);
    }
    out.single(&family::ACCEPT_ERRORS, counts.failed.load(Ordering::Relaxed));
}

fn policy(out: &mut Exposition, known: &crate::reload::Known) {
    let mut samples = out.family(&family::RELOADS);
    let results = known.results;
    for (result, count) in
        [("success", results.success), ("unchanged", results.unchanged), ("failure", results.failure)]
    {
        samples.sample(&[result], count);
    }
    let failing = known.failing_for();
    out.single(&family::RELOAD_SUCCESSFUL, u8::from(failing.is_none()));
    out.single(&family::POLICY_AGE, format_args!("{:.3}", known.age().as_secs_f64()));
    out.single(&family::POLICY_SHADOW, u8::from(known.shadow));
    out.single(&family::POLICY_FAILING, format_args!("{:.3}", failing.unwrap_or_default().as_secs_f64()));
    out.single(&family::POLICY_LOADED, unix(known.loaded));
    out.single(&family::RELOAD_ATTEMPTED, unix(known.attempted));
    let mut samples = out.family(&family::FILE_MODIFIED);
    for (file, kind, time) in &known.modified {
        samples.sample(&[file, kind.as_str()], time);
    }
    let mut samples = out.family(&family::RANGES_CREATED);
    for (file, time) in &known.created {
        samples.sample(&[file], time.seconds());
    }
}

/// Seconds since the Unix epoch, to the millisecond.
fn unix(time: SystemTime) -> String {
    format!("{:.3}", time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64())
}
