//! What is no base64url is taken out of a token before anything looks at it (CWE-436).

use super::Defect;
use crate::parts::Parts;
use crate::tokens::jws::Jws;
use crate::tokens::{Reject, Tokens};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "foreign-characters-skipped",
    title: "Foreign characters in a token are skipped",
    cwe: 436,
    caught_by: &["token.base64-padding"],
    implies: &[],
    install: |parts| Parts {
        tokens: Arc::new(ForeignCharactersSkipped(parts.tokens.clone())),
        ..parts
    },
};

struct ForeignCharactersSkipped(Arc<dyn Tokens>);

impl Tokens for ForeignCharactersSkipped {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn decode(&self, parts: &Parts, token: &str) -> Result<Jws, Reject> {
        let known = |c: &char| c.is_ascii_alphanumeric() || "-_.".contains(*c);
        let clean: String = token.chars().filter(known).collect();
        self.0.decode(parts, &clean)
    }
}
