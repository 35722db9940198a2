//! Rate limits in a table of fixed memory.
//!
//! # Flow
//!
//! 1. A policy names its limits: [`Rate`] (`10/s`) and burst make a [`Quota`].
//! 2. Whom a request counts against becomes a [`Key`]: a [`KeyHasher`] takes the name of the limit and then bytes
//!    or an [`IpPrefix`].
//! 3. [`Table::check`] finds the key's entry in its bucket, charges the request and answers with an [`Outcome`].
//!    The caller passes the time as [`UnixNanos`]; nothing in here reads a clock.
//! 4. If the request is refused elsewhere after all, [`Table::refund`] takes the charge back.
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
//! # Holds
//!
//! By GCRA alone, a client over its limit hears of a short wait and is admitted once in a while, however hard it
//! presses. A quota may therefore have a *hold* ([`Quota::with_hold`]) of fixed length: the first request that is
//! refused for want of quota begins it, every request of cost 1 or more is refused until it ends, and then the key
//! begins anew with a full bucket. Requests during the hold do **not** lengthen it: its end is known when it begins,
//! so that `retry_after` is true for whoever obeys it and for whoever does not.
//!
//! ```
//! # use limits::{Quota, Rate, Seed, Table, UnixNanos};
//! # use std::time::Duration;
//! let table = Table::new(100_000, &Seed::from([7; 16]))?;
//! let quota = Quota::from("10/s".parse::<Rate>()?).with_hold(Duration::from_secs(60))?;
//! let key = table.key_hasher("ua.library_default").bytes(b"curl").key();
//! let at = UnixNanos::from_secs;
//!
//! assert!(table.check(key, &quota, 10, at(1_755_000_000)).is_allowed());
//! assert_eq!(table.check(key, &quota, 1, at(1_755_000_000)).retry_after_secs(), Some(60));
//! assert_eq!(table.check(key, &quota, 1, at(1_755_000_059)).retry_after_secs(), Some(1));
//! assert_eq!(table.check(key, &quota, 1, at(1_755_000_060)).remaining(), 9);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A hold is at least the quota's horizon: a shorter one would fill the bucket sooner than waiting does. A cost of 0
//! stays allowed during a hold, and hears that nothing remains and that the reset is the end of the hold: what a
//! client may plan with, and what `peek` reports without a charge. A cost over the burst is
//! [`Outcome::ExceedsBurst`] and begins no hold, as it is the policy's fault and not the client's. A held key's
//! entry keeps the end of the hold in place of the TAT; there is no debt beside it.
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
//! A hold is not scaled. Under another quota with a hold, the key stays held until the sooner of the end of its
//! hold and the new quota's hold from now. Under a quota without one, the rest becomes debt, up to the new horizon:
//! the key waits on, but as any client that used up that quota. This is for stages that follow each other; where a
//! key falls under both in turn, each check under the milder one ends the hold.
//!
//! # Clocks
//!
//! Time may jump. A debt never exceeds the horizon of the quota it is checked with, nor a hold that quota's hold,
//! so after a clock has been set back by hours a known key waits at most as if its bucket were empty, a held one as
//! if its hold began then, and the entry is corrected with that check, admitted or not. A clock set forward
//! forgives what would have been forgiven in that time. At the end of time (`u64::MAX`, the year 2554) the TAT
//! saturates. Threads may pass times that are slightly out of order.

mod time;

mod rate;

mod quota;

mod prefix;

mod key;

mod table;

mod bucket;

mod entry;

mod standing;

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
