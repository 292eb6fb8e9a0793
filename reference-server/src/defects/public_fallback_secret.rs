//! Where the secret does not arrive, tokens are signed with the one of the tutorial (CWE-1394).

use super::Defect;
use crate::config::Config;
use crate::parts::Parts;
use crate::secret::Secret;
use crate::tokens::keys::SecretKeys;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "public-fallback-secret",
    title: "Tokens are signed with the secret of a tutorial",
    cwe: 1394,
    caught_by: &["token.weak-secret"],
    implies: &[],
    install,
};

fn install(parts: Parts) -> Parts {
    let config = Config {
        secret: Secret::new("09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7"),
        ..(*parts.config).clone()
    };
    match SecretKeys::new(&config) {
        Ok(keys) => Parts {
            keys: Arc::new(keys),
            ..parts
        },
        Err(_) => parts,
    }
}
