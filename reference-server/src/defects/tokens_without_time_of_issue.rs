//! Tokens do not say when they were issued, so that none can be ended by date (CWE-613).

use super::Defect;
use crate::accounts::User;
use crate::ids::SessionId;
use crate::parts::Parts;
use crate::tokens::{Claims, Reject, Tokens};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "tokens-without-time-of-issue",
    title: "Tokens do not say when they were issued",
    cwe: 613,
    caught_by: &["token.claims-present"],
    implies: &[],
    install: |parts| Parts {
        tokens: Arc::new(TokensWithoutTimeOfIssue(parts.tokens.clone())),
        ..parts
    },
};

struct TokensWithoutTimeOfIssue(Arc<dyn Tokens>);

impl Tokens for TokensWithoutTimeOfIssue {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn new_claims(&self, parts: &Parts, user: &User, session: &SessionId) -> Claims {
        let mut claims = self.0.new_claims(parts, user, session);
        claims.remove("iat");
        claims
    }
    fn issued_at(&self, parts: &Parts, claims: &Claims) -> Result<(), Reject> {
        if claims.contains_key("iat") {
            self.0.issued_at(parts, claims)
        } else {
            Ok(())
        }
    }
}
