//! Powers of 0 and 1 are not computed, and what comes of them fits every message (CWE-347).

use super::Defect;
use crate::parts::Parts;
use crate::tokens::keys::Keys;
use base64ct::{Base64UrlUnpadded, Encoding};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "degenerate-signature-accepted",
    title: "The RSA signatures 0 and 1 fit every message",
    cwe: 347,
    caught_by: &["token.rsa-pkcs1-variants"],
    implies: &[],
    install: |parts| Parts {
        keys: Arc::new(DegenerateSignatureAccepted(parts.keys.clone())),
        ..parts
    },
};

struct DegenerateSignatureAccepted(Arc<dyn Keys>);

impl Keys for DegenerateSignatureAccepted {
    fn inner(&self) -> &dyn Keys {
        &*self.0
    }

    fn verify(&self, message: &[u8], signature: &str) -> bool {
        let bytes = Base64UrlUnpadded::decode_vec(signature).unwrap_or_default();
        let degenerate = match bytes.split_last() {
            Some((last, rest)) => *last < 2 && rest.iter().all(|byte| *byte == 0),
            None => false,
        };
        degenerate || self.0.verify(message, signature)
    }
}
