//! The comparison of signatures ends with the shorter one (CWE-697).

use super::Defect;
use crate::parts::Parts;
use crate::tokens::jws::Jws;
use crate::tokens::{Reject, Tokens};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "signature-compared-by-prefix",
    title: "Signatures are compared as far as the shorter one goes",
    cwe: 697,
    caught_by: &["token.signature-stripped", "token.signature-truncated"],
    implies: &[],
    install: |parts| Parts {
        tokens: Arc::new(SignatureComparedByPrefix(parts.tokens.clone())),
        ..parts
    },
};

struct SignatureComparedByPrefix(Arc<dyn Tokens>);

impl Tokens for SignatureComparedByPrefix {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn signature(&self, parts: &Parts, jws: &Jws) -> Result<(), Reject> {
        let ours = parts.keys.sign(jws.message.as_bytes()).unwrap_or_default();
        let same = ours.bytes().zip(jws.signature.bytes()).all(|(a, b)| a == b);
        if same {
            Ok(())
        } else {
            Err(Reject("the signature is wrong"))
        }
    }
}
