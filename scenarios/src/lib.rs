//! What is right: the requirements as data, the model they are written in, and the judge of what was seen.
//!
//! This crate does no I/O. The harness sends requests and hands the exchanges to [`judge`]; a [`probes::Probe`] reaches
//! the outside only through the [`probes::Lab`] it is given.
#![cfg_attr(not(test), warn(clippy::unwrap_used))]

pub mod catalogue;
pub mod disclosure;
pub mod exchange;
pub mod internals;
pub mod judge;
pub mod model;
pub mod probes;
pub mod schema;
pub mod timing;
pub mod verdict;
