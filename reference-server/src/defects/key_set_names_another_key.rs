//! The key set numbers its keys, and tokens name them by their hash (CWE-684).

use super::Defect;
use crate::parts::Parts;
use crate::tokens::keys::Keys;
use serde_json::Value;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "key-set-names-another-key",
    title: "The kid of a token is in no key set",
    cwe: 684,
    caught_by: &["token.jwks-quality"],
    implies: &[],
    install: |parts| Parts {
        keys: Arc::new(KeySetNamesAnotherKey(parts.keys.clone())),
        ..parts
    },
};

struct KeySetNamesAnotherKey(Arc<dyn Keys>);

impl Keys for KeySetNamesAnotherKey {
    fn inner(&self) -> &dyn Keys {
        &*self.0
    }

    fn jwks(&self) -> Option<Value> {
        let mut set = self.0.jwks()?;
        set["keys"][0]["kid"] = "1".into();
        Some(set)
    }
}
