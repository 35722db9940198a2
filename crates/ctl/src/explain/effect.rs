use policy::Timestamp;
use policy::decide::{Effect, Listed};

/// What a rule does, in words.
pub(crate) fn describe(listed: &Listed<'_>) -> String {
    let effect = match listed.effect {
        Effect::Pass => "pass".to_owned(),
        Effect::PassFilters => "pass the filters".to_owned(),
        Effect::Block => "block".to_owned(),
        Effect::Rate(quota) => {
            let burst = quota.burst();
            let hold = quota.hold().map(|hold| format!(", hold {}s", hold.as_secs())).unwrap_or_default();
            match burst == quota.rate().count() {
                true => format!("{}{hold}", quota.rate()),
                false => format!("{}, burst {burst}{hold}", quota.rate()),
            }
        }
        Effect::Exempt(None) => "exempt from stages".to_owned(),
        Effect::Exempt(Some(until)) => format!("exempt from stages until {}", day(until)),
        Effect::Free => "free of limits".to_owned(),
    };
    if listed.shadow { format!("{effect} (shadow)") } else { effect }
}

/// A date, where a time is the first instant of one; else the time.
pub(crate) fn day(time: Timestamp) -> String {
    let text = time.to_string();
    text.strip_suffix("T00:00:00Z").map_or_else(|| text.clone(), str::to_owned)
}
