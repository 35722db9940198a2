use std::time::Duration;

/// Why a rate, a quota, a prefix length or a table could not be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The text has no `/`, or nothing on one side of it.
    #[error("rate {rate:?} is not of the form count/unit, such as 10/s, 600/min or 1000/h")]
    RateForm {
        /// The text as it was read.
        rate: String,
    },

    /// The count is not a decimal number, or does not fit into 32 bits.
    #[error("rate {rate:?}: the count {count:?} is not a whole number from 1 to {}", u32::MAX)]
    RateCount {
        /// The text as it was read.
        rate: String,
        /// The part before the `/`.
        count: String,
    },

    /// The count is zero. A rate of zero is neither "no limit" nor a block; both are said in other words.
    #[error("rate {rate:?}: the count is zero; a rate admits at least one request a unit")]
    RateZero {
        /// The text as it was read.
        rate: String,
    },

    /// The unit is none of `s`, `m`, `min`, `h`.
    #[error("rate {rate:?}: unknown unit {unit:?}, expected s, m, min or h")]
    RateUnit {
        /// The text as it was read.
        rate: String,
        /// The part after the `/`.
        unit: String,
    },

    /// The rate is over [`Rate::MAX_PER_SECOND`](crate::Rate::MAX_PER_SECOND).
    #[error("rate {rate}: more than {} requests a second", crate::Rate::MAX_PER_SECOND)]
    RateTooFast {
        /// The rate in its canonical form.
        rate: String,
    },

    /// A bucket of this burst would take longer than [`Quota::MAX_HORIZON`](crate::Quota::MAX_HORIZON) to refill.
    #[error("burst {burst}: at {rate} it refills in more than {} days", crate::Quota::MAX_HORIZON.as_secs() / 86_400)]
    BurstTooLong {
        /// The rate in its canonical form.
        rate: String,
        /// The burst that is too large for it.
        burst: u32,
    },

    /// A hold would end before the bucket had refilled, and so be milder than none.
    #[error(
        "hold {hold:?}: shorter than the {horizon:?} in which burst {burst} refills at {rate}; \
         hold for at least {horizon:?}, or not at all"
    )]
    HoldTooShort {
        /// The rate in its canonical form.
        rate: String,
        /// The burst.
        burst: u32,
        /// The hold that was asked for.
        hold: Duration,
        /// The time in which the bucket refills: the shortest hold for this quota.
        horizon: Duration,
    },

    /// A hold is longer than [`Quota::MAX_HORIZON`](crate::Quota::MAX_HORIZON).
    #[error("hold {hold:?}: longer than {} days", crate::Quota::MAX_HORIZON.as_secs() / 86_400)]
    HoldTooLong {
        /// The hold that was asked for.
        hold: Duration,
    },

    /// A prefix length is longer than an address.
    #[error("prefix length {length} is over {max}")]
    PrefixLength {
        /// The length that was asked for, in bits.
        length: u8,
        /// 32 for IPv4, 128 for IPv6.
        max: u8,
    },

    /// A table for no key at all, or for more than [`Table::MAX_CAPACITY`](crate::Table::MAX_CAPACITY).
    #[error("capacity {capacity} is not between 1 and {} keys", crate::Table::MAX_CAPACITY)]
    Capacity {
        /// The number of keys that was asked for.
        capacity: usize,
    },

    /// The system did not provide the memory for the table.
    #[error("capacity {capacity}: no memory for {bytes} bytes")]
    Memory {
        /// The number of keys that was asked for.
        capacity: usize,
        /// What the table would have taken.
        bytes: usize,
    },
}
