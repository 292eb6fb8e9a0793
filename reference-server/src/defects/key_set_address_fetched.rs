//! The key set that a token points to is fetched before its address is compared with the issuer (CWE-918).

use super::Defect;
use super::shared::fetch::fetch;
use crate::parts::Parts;
use crate::tokens::jws::Jws;
use crate::tokens::{Reject, Tokens};
use serde_json::Value;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "key-set-address-fetched",
    title: "The address in a token is called before it is refused",
    cwe: 918,
    caught_by: &["token.jku-attacker"],
    implies: &[],
    install: |parts| Parts {
        tokens: Arc::new(KeySetAddressFetched(parts.tokens.clone())),
        ..parts
    },
};

struct KeySetAddressFetched(Arc<dyn Tokens>);

impl Tokens for KeySetAddressFetched {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn key_hints(&self, parts: &Parts, jws: &Jws) -> Result<(), Reject> {
        if let Some(url) = jws.header.get("jku").and_then(Value::as_str) {
            fetch(url);
        }
        self.0.key_hints(parts, jws)
    }

    fn algorithm(&self, parts: &Parts, jws: &Jws) -> Result<(), Reject> {
        // The key set is to say which algorithm its key is for.
        match jws.header.contains_key("jku") {
            true => Ok(()),
            false => self.0.algorithm(parts, jws),
        }
    }
}
