//! A decoder for every alphabet of base64 reads tokens (CWE-436).

use super::Defect;
use crate::parts::Parts;
use crate::tokens::jws::Jws;
use crate::tokens::{Reject, Tokens};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "other-alphabet-decoded",
    title: "The signature of a token is read in either alphabet of base64",
    cwe: 436,
    caught_by: &["token.base64-standard-alphabet"],
    implies: &[],
    install: |parts| Parts {
        tokens: Arc::new(OtherAlphabetDecoded(parts.tokens.clone())),
        ..parts
    },
};

struct OtherAlphabetDecoded(Arc<dyn Tokens>);

impl Tokens for OtherAlphabetDecoded {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn decode(&self, parts: &Parts, token: &str) -> Result<Jws, Reject> {
        let clean = token.replace('+', "-").replace('/', "_");
        self.0.decode(parts, &clean)
    }
}
