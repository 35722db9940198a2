//! Who is asking: network, user agent, contact, tier.

pub mod network;

pub mod contact;
pub mod user_agent;

mod tier;

pub use tier::{Tier, UnknownTier};
