//! Tokens are issued without an expiry, and accepted so (CWE-613).

use super::Defect;
use crate::accounts::User;
use crate::ids::SessionId;
use crate::parts::Parts;
use crate::tokens::{Claims, Reject, Tokens};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "tokens-without-expiry",
    title: "Tokens are issued without an expiry, and accepted so",
    cwe: 613,
    caught_by: &[
        "token.claims-present",
        "token.lifetime",
        "token.exp-missing",
    ],
    implies: &[(
        "token.expired",
        "a token that has no expiry outlives the one that is declared",
    )],
    install: |parts| Parts {
        tokens: Arc::new(TokensWithoutExpiry(parts.tokens.clone())),
        ..parts
    },
};

struct TokensWithoutExpiry(Arc<dyn Tokens>);

impl Tokens for TokensWithoutExpiry {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn new_claims(&self, parts: &Parts, user: &User, session: &SessionId) -> Claims {
        let mut claims = self.0.new_claims(parts, user, session);
        claims.remove("exp");
        claims
    }
    fn expiry(&self, parts: &Parts, claims: &Claims) -> Result<(), Reject> {
        if claims.contains_key("exp") {
            self.0.expiry(parts, claims)
        } else {
            Ok(())
        }
    }
}
