//! Tokens are signed with a secret of sixteen random characters, since nothing compares its length (CWE-326).

use super::Defect;
use crate::config::Config;
use crate::parts::Parts;
use crate::secret::Secret;
use crate::tokens::keys::SecretKeys;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "short-secret",
    title: "Tokens are signed with a secret of 16 bytes",
    cwe: 326,
    caught_by: &["token.secret-length"],
    implies: &[],
    install,
};

fn install(parts: Parts) -> Parts {
    let config = Config {
        secret: Secret::new("q7Zt2mXc9RbW4nVp"),
        ..(*parts.config).clone()
    };
    match SecretKeys::new(&config) {
        Ok(keys) => Parts {
            keys: Arc::new(keys),
            config: Arc::new(config),
            ..parts
        },
        Err(_) => parts,
    }
}
