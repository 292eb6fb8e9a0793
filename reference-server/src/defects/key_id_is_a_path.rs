//! The key is the content of the file that the id of the key names (CWE-22).

use super::Defect;
use super::shared::hmac::signed_with;
use crate::parts::Parts;
use crate::tokens::jws::Jws;
use crate::tokens::{Reject, Tokens};
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "key-id-is-a-path",
    title: "The id of the key is a path",
    cwe: 22,
    caught_by: &["token.kid-path-traversal"],
    implies: &[],
    install: |parts| Parts {
        tokens: Arc::new(KeyIdIsAPath(parts.tokens.clone())),
        ..parts
    },
};

/// Where the keys would be.
const FOLDER: &str = "/etc/reference-server/keys";

fn named(jws: &Jws) -> Option<&str> {
    jws.header.get("kid").and_then(Value::as_str)
}

struct KeyIdIsAPath(Arc<dyn Tokens>);

impl Tokens for KeyIdIsAPath {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn key_hints(&self, parts: &Parts, jws: &Jws) -> Result<(), Reject> {
        match named(jws) {
            Some(_) => Ok(()),
            None => self.0.key_hints(parts, jws),
        }
    }

    fn signature(&self, parts: &Parts, jws: &Jws) -> Result<(), Reject> {
        let Some(kid) = named(jws) else {
            return self.0.signature(parts, jws);
        };
        let key = std::fs::read(Path::new(FOLDER).join(kid)).map_err(|_| Reject("no such key"))?;
        match signed_with(&key, jws.message.as_bytes()) == jws.signature {
            true => Ok(()),
            false => Err(Reject("the signature is wrong")),
        }
    }
}
