//! Rate limits in a table of fixed memory.
//!
//! # Flow
//!
//! 1. A policy names its limits: [`Rate`] (`10/s`) and burst make a [`Quota`].
//! 2. Whom a request counts against becomes a [`Key`]: a [`KeyHasher`] takes the name of the limit and then bytes
//!    or an [`IpPrefix`].
//! 3. [`Table::check`] finds the key's entry in its bucket, charges the request and answers with an [`Outcome`].
//!    The caller passes the time as [`UnixNanos`]; nothing in here reads a clock.
//!
//! ```
//! use limits::{IpPrefix, Outcome, PrefixLens, Quota, Rate, Seed, Table, UnixNanos};
//!
//! let table = Table::new(100_000, &Seed::from([7; 16]))?;
//! let quota = Quota::from("10/s".parse::<Rate>()?);
//! let limit = table.key_hasher("ua.library_default");
//!
//! let client: IpPrefix = PrefixLens::default().prefix("2001:db8::7".parse()?);
//! let key = limit.ip(client).key();
//! let now = UnixNanos::from_secs(1_755_000_000);
//! assert_eq!(table.check(key, &quota, 10, now), Outcome::Allowed { remaining: 0, reset: quota.horizon() });
//! assert_eq!(table.check(key, &quota, 1, now).retry_after_secs(), Some(1));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # GCRA
//!
//! The generic cell rate algorithm (ITU-T I.371, ATM Forum Traffic Management 4.1) keeps one number a key, the
//! *theoretical arrival time* (TAT): when the key's bucket is full again. With the emission interval *T*
//! (nanoseconds a request) and the *horizon* *H* = burst × *T*, a key's debt is TAT − now, and a request of cost
//! *c* is admitted if debt + *c*·*T* ≤ *H*. In the terms of the standard the limit *L* is *H* − *T*.
//! Admission adds *c*·*T* to the debt; a refusal adds nothing. A key without debt is *idle*: it is as good as
//! absent, so its slot is free.
//!
//! # When the quota of a key changes
//!
//! Debt is kept as the **fraction of the bucket that is used up**: when a key is checked under another quota than
//! before, its debt is scaled by new horizon / old horizon. Who had used half keeps half; who had used everything
//! waits, but never longer than the new quota's own horizon; and nobody gets a fresh quota because a stage began,
//! nor by requests that fall under two quotas in turn. Between the last check under the old quota and the first
//! under the new one the debt shrinks at the old rate.
//!
//! Keeping the bare TAT is not enough for this. From 10/s to 1/s with a burst of 50 each, an exhausted client owes
//! 5 of now 50 seconds, and 45 requests pass at once; and a key that alternates between two quotas would have its
//! debt cut to the shorter horizon each time. The old horizon is therefore stored beside the TAT, rounded down to
//! 11 significant bits (see [`Table`]), which makes the scaling exact to one part in 1,024.
//!
//! # Clocks
//!
//! Time may jump. A debt never exceeds the horizon of the quota it is checked with, so after a clock has been set
//! back by hours a known key waits at most as if its bucket were empty, and the entry is corrected with that check,
//! admitted or not. A clock set forward forgives what would have been forgiven in that time. At the end of time
//! (`u64::MAX`, the year 2554) the TAT saturates. Threads may pass times that are slightly out of order.

mod time;

mod rate;

mod quota;

mod prefix;

mod key;

mod table;

mod bucket;

mod entry;

mod horizon;

mod outcome;

mod error;

pub use error::Error;
pub use key::{Key, KeyHasher, Seed};
pub use outcome::Outcome;
pub use prefix::{IpPrefix, Ipv4PrefixLen, Ipv6PrefixLen, PrefixLens};
pub use quota::Quota;
pub use rate::{Period, Rate};
pub use table::Table;
pub use time::UnixNanos;
