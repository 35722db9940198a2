use crate::horizon::HorizonBits;
use crate::{Key, Outcome, Quota, UnixNanos};

/// One key's debt.
///
/// ```text
///  63                                        16 15              0
/// +--------------------------------------------+-----------------+
/// |  fingerprint: the low 48 bits of the key   |  horizon bits   |  tag
/// +--------------------------------------------+-----------------+
/// |  theoretical arrival time, nanoseconds since the Unix epoch  |  tat
/// +--------------------------------------------------------------+
/// ```
///
/// The horizon bits are those of the quota that the debt was last stated in. An entry whose TAT has passed is idle,
/// and an idle entry is as good as none: an empty one may well pass for that of a key whose fingerprint is 0.
#[derive(Clone, Copy)]
pub(crate) struct Entry {
    tag: u64,
    tat: u64,
}

const FINGERPRINT_SHIFT: u32 = 16;

impl Entry {
    pub(crate) const EMPTY: Self = Self { tag: 0, tat: 0 };

    /// An entry without debt.
    pub(crate) const fn idle(key: Key, quota: &Quota) -> Self {
        Self { tag: tag(key, quota), tat: 0 }
    }

    pub(crate) const fn belongs_to(&self, key: Key) -> bool {
        (self.tag ^ (key.hash() << FINGERPRINT_SHIFT)) >> FINGERPRINT_SHIFT == 0
    }

    pub(crate) const fn is_idle(&self, now: UnixNanos) -> bool {
        self.tat <= now.as_nanos()
    }

    pub(crate) const fn tat(&self) -> u64 {
        self.tat
    }

    /// Debt in nanoseconds under this quota, at most its horizon; the used fraction of the bucket stays the same
    /// when the quota is another than before.
    pub(crate) fn debt(&self, quota: &Quota, now: UnixNanos) -> u64 {
        let debt = self.tat.saturating_sub(now.as_nanos());
        let (old, new) = (self.horizon_bits(), quota.horizon_bits());
        let debt = if debt == 0 || old == new { debt } else { scale(debt, old, new) };
        debt.min(quota.horizon_nanos())
    }

    /// Judges the request and charges it if it is admitted. Either way the debt is now stated in this quota, and
    /// within its horizon: a refused client must not find the old debt, or that of another clock, once more.
    pub(crate) fn charge(&mut self, key: Key, quota: &Quota, cost: u32, now: UnixNanos) -> Outcome {
        let debt = self.debt(quota, now);
        let outcome = quota.outcome(debt, cost);
        let charged = if outcome.is_allowed() { quota.price(cost) } else { 0 };
        self.tag = tag(key, quota);
        self.tat = now.as_nanos().saturating_add(debt).saturating_add(charged);
        outcome
    }

    /// Cuts a debt that is longer than its own horizon, which only a clock that was set back leaves behind.
    pub(crate) fn settle(&mut self, now: UnixNanos) {
        self.tat = self.tat.min(now.as_nanos().saturating_add(self.horizon_bits().ceiling()));
    }

    const fn horizon_bits(&self) -> HorizonBits {
        HorizonBits::from_low_bits(self.tag)
    }
}

const fn tag(key: Key, quota: &Quota) -> u64 {
    key.hash() << FINGERPRINT_SHIFT | quota.horizon_bits().bits()
}

/// Rounded up, so that going back and forth between quotas forgives nothing. Both horizons are rounded down alike.
fn scale(debt: u64, old: HorizonBits, new: HorizonBits) -> u64 {
    let scaled = (u128::from(debt) * u128::from(new.floor())).div_ceil(u128::from(old.floor()).max(1));
    u64::try_from(scaled).unwrap_or(u64::MAX)
}
