use std::num::NonZeroU64;

use limits::Table;

use super::case::Case;
use super::limit::{Counted, Limit};
use super::trail::Trail;
use crate::Timestamp;
use crate::verdict::whole_seconds;

/// Most limits that one request can meet: those that charged it are remembered in a bit each.
pub(crate) const MAX_COUNTED: usize = 64;

/// What all limits together say of a request.
#[derive(Default)]
pub(crate) struct Admission<'a> {
    /// The limit that refuses it, and whole seconds until none does; then it is charged to none.
    pub(crate) refused: Option<(Counted<'a>, NonZeroU64)>,
    /// The first limit in shadow that would have refused it.
    pub(crate) would: Option<Counted<'a>>,
    /// Of the limits that admit it, the one that leaves the client least.
    pub(crate) tightest: Option<Counted<'a>>,
}

/// Counts a request against all limits that concern it, in their order, and charges it to all of them or to none.
///
/// Limits of one client's own stand before those that it shares, so that a client which is at its own limit costs the others
/// nothing, not even for a moment: what was charged before a later limit refuses is taken back.
pub(crate) fn admit<'a>(
    limits: impl Iterator<Item = &'a Limit> + Clone,
    case: &Case<'_, 'a>,
    table: &Table,
    now: Timestamp,
    trail: &mut impl Trail<'a>,
) -> Admission<'a> {
    let mut admission = Admission::default();
    let mut charged = 0_u64;
    for (n, limit) in limits.clone().enumerate() {
        let Some(counted) = limit.check(case, table, now) else { continue };
        trail.note(|| counted.step());
        if !counted.refuses() {
            charged |= bit(n);
            let tightest = admission.tightest.as_ref();
            if !limit.shadow && tightest.is_none_or(|tightest| counted.is_tighter_than(tightest)) {
                admission.tightest = Some(counted);
            }
        } else if limit.shadow {
            admission.would.get_or_insert(counted);
        } else {
            let retry_after = longest_wait(&counted, limits.clone().skip(n), case, table, now);
            for (_, limit) in limits.enumerate().filter(|(m, _)| charged & bit(*m) != 0) {
                limit.refund(case, table, now);
            }
            return Admission { refused: Some((counted, retry_after)), tightest: None, ..admission };
        }
    }
    admission
}

/// How long a refused client has to wait until the limits behind the one that refuses it admit it, too.
fn longest_wait<'a>(
    refused: &Counted<'a>,
    others: impl Iterator<Item = &'a Limit>,
    case: &Case<'_, 'a>,
    table: &Table,
    now: Timestamp,
) -> NonZeroU64 {
    let others = others.filter(|limit| !limit.shadow).filter_map(|limit| limit.wait(case, table, now));
    let waits = others.filter_map(|wait| NonZeroU64::new(whole_seconds(wait)));
    waits.fold(refused.retry_after(), NonZeroU64::max)
}

/// The limit at this place in the order.
fn bit(place: usize) -> u64 {
    u32::try_from(place).ok().and_then(|place| 1_u64.checked_shl(place)).unwrap_or(0)
}
