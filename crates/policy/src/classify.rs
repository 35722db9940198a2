//! Who is asking: network, known crawler, user agent, contact, browser score, cookie pass; and what tier that makes.

pub mod network;

pub mod contact;
pub mod crawler;
pub mod user_agent;

pub mod browser_score;
pub mod cookie_pass;

mod tier;

mod client;
mod labels;

pub use client::Client;
pub use labels::Labels;
pub use tier::{Tier, UnknownTier};
