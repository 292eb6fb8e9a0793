//! The range of r and s is not checked, and zeros satisfy the equation (CVE-2022-21449) (CWE-347).

use super::Defect;
use crate::parts::Parts;
use crate::tokens::keys::Keys;
use base64ct::{Base64UrlUnpadded, Encoding};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "blank-signature-accepted",
    title: "An ECDSA signature of zeros fits every message",
    cwe: 347,
    caught_by: &["token.ecdsa-zero"],
    implies: &[],
    install: |parts| Parts {
        keys: Arc::new(BlankSignatureAccepted(parts.keys.clone())),
        ..parts
    },
};

struct BlankSignatureAccepted(Arc<dyn Keys>);

impl Keys for BlankSignatureAccepted {
    fn inner(&self) -> &dyn Keys {
        &*self.0
    }

    fn verify(&self, message: &[u8], signature: &str) -> bool {
        let bytes = Base64UrlUnpadded::decode_vec(signature).unwrap_or_default();
        let blank = bytes.len() == 64 && bytes.iter().all(|byte| *byte == 0);
        blank || self.0.verify(message, signature)
    }
}
