use crate::horizon::HorizonBits;
use crate::standing::Standing;
use crate::{Key, Outcome, Quota, UnixNanos};

/// One key's debt, or its hold.
///
/// ```text
///  63                                  17  16   15              0
/// +--------------------------------------+------+-----------------+
/// | fingerprint: low 47 bits of the key  | held |  horizon bits   |  tag
/// +--------------------------------------+------+-----------------+
/// |  theoretical arrival time, nanoseconds since the Unix epoch   |  tat
/// +---------------------------------------------------------------+
/// ```
///
/// The horizon bits are those of the quota that the debt was last stated in. Of a held key, the TAT is the end of
/// the hold, and the horizon bits are of the length of the hold. Either way they bound how far ahead the TAT can be.
///
/// An entry whose TAT has passed is idle, held or not, and an idle entry is as good as none: an empty one may well
/// pass for that of a key whose fingerprint is 0.
#[derive(Clone, Copy)]
pub(crate) struct Entry {
    tag: u64,
    tat: u64,
}

const FINGERPRINT_SHIFT: u32 = 17;
const HELD: u64 = 1 << 16;

impl Entry {
    pub(crate) const EMPTY: Self = Self { tag: 0, tat: 0 };

    pub(crate) const fn belongs_to(&self, key: Key) -> bool {
        (self.tag ^ (key.hash() << FINGERPRINT_SHIFT)) >> FINGERPRINT_SHIFT == 0
    }

    pub(crate) const fn is_idle(&self, now: UnixNanos) -> bool {
        self.tat <= now.as_nanos()
    }

    pub(crate) const fn tat(&self) -> u64 {
        self.tat
    }

    /// Where the key stands with this quota. Debt is the same fraction of the bucket as under the quota before; a
    /// hold lasts at most this quota's own, and is debt to a quota without one.
    pub(crate) fn standing(&self, quota: &Quota, now: UnixNanos) -> Standing {
        let wait = self.tat.saturating_sub(now.as_nanos());
        let (old, new) = (self.horizon_bits(), quota.horizon_bits());
        if wait == 0 {
            return Standing::IDLE;
        }
        let debt = match (self.is_held(), quota.hold_nanos()) {
            (true, Some(hold)) => return Standing::Held { rest: wait.min(hold), hold },
            (true, None) => wait,
            (false, _) if old == new => wait,
            (false, _) => scale_up(wait, old, new),
        };
        Standing::Debt(debt.min(quota.horizon_nanos()))
    }

    /// Judges the request and charges it if it is admitted. Either way debt or hold are now stated in this quota,
    /// and within its bounds: a refused client must not find the old ones, or those of another clock, once more.
    /// The entry is the key's from here on.
    pub(crate) fn charge(&mut self, key: Key, quota: &Quota, cost: u32, now: UnixNanos) -> Outcome {
        let (outcome, after) = self.standing(quota, now).judge(quota, cost);
        *self = Self::new(key, quota, after, now);
        outcome
    }

    /// Takes a charge back, but no more than is owed. The debt stays stated in the quota that it was last checked
    /// under, and a hold stays.
    pub(crate) fn refund(&mut self, quota: &Quota, cost: u32, now: UnixNanos) {
        if self.is_held() {
            return;
        }
        let (charged_in, stated_in) = (quota.horizon_bits(), self.horizon_bits());
        let price = quota.price(cost);
        let price = if charged_in == stated_in { price } else { scale_down(price, charged_in, stated_in) };
        let owed = self.tat.saturating_sub(now.as_nanos());
        self.tat = self.tat.saturating_sub(price.min(owed));
    }

    /// Cuts a TAT that is farther ahead than its horizon bits allow, which only a clock that was set back leaves
    /// behind.
    pub(crate) fn settle(&mut self, now: UnixNanos) {
        self.tat = self.tat.min(now.as_nanos().saturating_add(self.horizon_bits().ceiling()));
    }

    const fn new(key: Key, quota: &Quota, standing: Standing, now: UnixNanos) -> Self {
        let (wait, kind) = match standing {
            Standing::Debt(debt) => (debt, quota.horizon_bits().bits()),
            Standing::Held { rest, hold } => (rest, HELD | HorizonBits::of(hold).bits()),
        };
        let tag = key.hash() << FINGERPRINT_SHIFT | kind;
        Self { tag, tat: now.as_nanos().saturating_add(wait) }
    }

    const fn is_held(&self) -> bool {
        self.tag & HELD != 0
    }

    const fn horizon_bits(&self) -> HorizonBits {
        HorizonBits::from_low_bits(self.tag)
    }
}

/// Rounded up, so that going back and forth between quotas forgives nothing. Both horizons are rounded down alike.
fn scale_up(debt: u64, old: HorizonBits, new: HorizonBits) -> u64 {
    let scaled = (u128::from(debt) * u128::from(new.floor())).div_ceil(u128::from(old.floor()).max(1));
    u64::try_from(scaled).unwrap_or(u64::MAX)
}

/// Rounded down, so that a refund under changing quotas forgives nothing.
fn scale_down(price: u64, old: HorizonBits, new: HorizonBits) -> u64 {
    let scaled = u128::from(price) * u128::from(new.floor()) / u128::from(old.floor()).max(1);
    u64::try_from(scaled).unwrap_or(u64::MAX)
}
