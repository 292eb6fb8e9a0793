//! A second secret for rotation is not set, and an unset one verifies as the empty key (CWE-1394).

use super::Defect;
use crate::parts::Parts;
use crate::tokens::keys::Keys;
use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
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

fn signed_with(key: &[u8], message: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return String::new();
    };
    mac.update(message);
    Base64UrlUnpadded::encode_string(&mac.finalize().into_bytes())
}

struct AcceptsEmptyKey(Arc<dyn Keys>);

impl Keys for AcceptsEmptyKey {
    fn inner(&self) -> &dyn Keys {
        &*self.0
    }

    fn verify(&self, message: &[u8], signature: &str) -> bool {
        self.0.verify(message, signature) || signed_with(b"", message) == signature
    }
}
