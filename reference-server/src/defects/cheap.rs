//! Passwords at next to no cost, for runs in which the hash is not the subject.

use crate::parts::{Parts, StartError};
use crate::passwords::Argon2id;
use std::sync::Arc;

/// The same port with argon2id at its least: 8 KiB, one pass.
pub fn cheap_passwords(parts: Parts) -> Result<Parts, StartError> {
    let passwords =
        Argon2id::with_cost(parts.config.hash_threads, 8, 1).map_err(StartError::Keys)?;
    Ok(Parts {
        passwords: Arc::new(passwords),
        ..parts
    })
}
