//! What several mistakes have in common; none of it is a defect by itself.

pub(super) mod accounts;
pub(super) mod cookies;
pub(super) mod doubles;
pub(super) mod edge;
pub(super) mod fetch;
pub(super) mod foreign_keys;
pub(super) mod hmac;
pub(super) mod identities;
pub(super) mod limits;
pub(super) mod lists;
pub(super) mod passwords;
pub(super) mod records;
pub(super) mod rewritten;
pub(super) mod tasks;
pub(super) mod tokens;
