//! Access tokens are good for a month, since there was no time for a refresh token (CWE-613).

use super::Defect;
use crate::accounts::User;
use crate::ids::SessionId;
use crate::parts::Parts;
use crate::tokens::{Claims, Tokens};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "month-long-tokens",
    title: "Access tokens are good for a month",
    cwe: 613,
    caught_by: &["token.lifetime"],
    implies: &[(
        "token.expired",
        "the token outlives the lifetime that is declared",
    )],
    install: |parts| Parts {
        tokens: Arc::new(MonthLongTokens(parts.tokens.clone())),
        ..parts
    },
};

struct MonthLongTokens(Arc<dyn Tokens>);

impl Tokens for MonthLongTokens {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn new_claims(&self, parts: &Parts, user: &User, session: &SessionId) -> Claims {
        let mut claims = self.0.new_claims(parts, user, session);
        claims.insert("exp".into(), (parts.now_ms() / 1000 + 30 * 86_400).into());
        claims
    }
}
