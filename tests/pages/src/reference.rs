//! Pages that are written by the code.
//!
//! [`source`] reads doc comments, [`document`] makes the keys of a policy of them, [`annotated`] finds an example of each in `policy/policy.yaml`,
//! [`policy`] writes the page; [`vmod`] writes that of the VMOD.

mod source;

mod document;

pub mod annotated;

pub mod policy;

pub mod vmod;

pub use document::{Key, Section, sections};
