//! The signature is checked if there is a third part (CWE-347).

use super::Defect;
use crate::parts::Parts;
use crate::tokens::jws::Jws;
use crate::tokens::{Reject, Tokens};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "signature-part-optional",
    title: "The signature is checked only where there is a third part",
    cwe: 347,
    caught_by: &["token.two-segments"],
    implies: &[],
    install: |parts| Parts {
        tokens: Arc::new(SignaturePartOptional(parts.tokens.clone())),
        ..parts
    },
};

/// Stands where the third part would; no part of a real token is spelled so.
const ABSENT: &str = "?";

struct SignaturePartOptional(Arc<dyn Tokens>);

impl Tokens for SignaturePartOptional {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn decode(&self, parts: &Parts, token: &str) -> Result<Jws, Reject> {
        if token.matches('.').count() != 1 {
            return self.0.decode(parts, token);
        }
        let jws = self.0.decode(parts, &format!("{token}."))?;
        Ok(Jws {
            signature: ABSENT.into(),
            ..jws
        })
    }

    fn signature(&self, parts: &Parts, jws: &Jws) -> Result<(), Reject> {
        match jws.signature.as_str() {
            ABSENT => Ok(()),
            _ => self.0.signature(parts, jws),
        }
    }
}
