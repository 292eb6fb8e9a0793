//! No key is found for an id that is no text, and without a key nothing is verified (CWE-1287).

use super::Defect;
use crate::parts::Parts;
use crate::tokens::jws::Jws;
use crate::tokens::{Reject, Tokens};
use serde_json::Value;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "no-key-for-an-odd-id",
    title: "A key id that is no text switches verification off",
    cwe: 1287,
    caught_by: &["token.kid-types"],
    implies: &[],
    install: |parts| Parts {
        tokens: Arc::new(NoKeyForAnOddId(parts.tokens.clone())),
        ..parts
    },
};

struct NoKeyForAnOddId(Arc<dyn Tokens>);

fn odd(jws: &Jws) -> bool {
    let kid = jws.header.get("kid");
    kid.is_some_and(|kid| !matches!(kid, Value::String(_)))
}

impl Tokens for NoKeyForAnOddId {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn key_hints(&self, parts: &Parts, jws: &Jws) -> Result<(), Reject> {
        match odd(jws) {
            true => Ok(()),
            false => self.0.key_hints(parts, jws),
        }
    }

    fn signature(&self, parts: &Parts, jws: &Jws) -> Result<(), Reject> {
        match odd(jws) {
            true => Ok(()),
            false => self.0.signature(parts, jws),
        }
    }
}
