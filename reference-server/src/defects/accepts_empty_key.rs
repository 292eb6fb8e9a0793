//! A second secret for rotation is not set, and an unset one verifies as the empty key (CWE-1394).

use super::Defect;
use super::shared::hmac::signed_with;
use crate::parts::Parts;
use crate::tokens::keys::Keys;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "accepts-empty-key",
    title: "An unset second secret verifies as the empty key",
    cwe: 1394,
    caught_by: &["token.empty-key"],
    implies: &[],
    install: |parts| Parts {
        keys: Arc::new(AcceptsEmptyKey(parts.keys.clone())),
        ..parts
    },
};

struct AcceptsEmptyKey(Arc<dyn Keys>);

impl Keys for AcceptsEmptyKey {
    fn inner(&self) -> &dyn Keys {
        &*self.0
    }

    fn verify(&self, message: &[u8], signature: &str) -> bool {
        self.0.verify(message, signature) || signed_with(b"", message) == signature
    }
}
