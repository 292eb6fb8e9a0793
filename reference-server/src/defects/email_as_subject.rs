//! Tokens name their user by the e-mail address, which another may hold tomorrow (CWE-289).

use super::Defect;
use crate::accounts::User;
use crate::ids::{SessionId, UserId};
use crate::parts::Parts;
use crate::problem::Problem;
use crate::sessions::Sessions;
use crate::tokens::{Claims, Reject, Tokens};
use async_trait::async_trait;
use serde_json::Value;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "email-as-subject",
    title: "Tokens name their user by the e-mail address",
    cwe: 289,
    caught_by: &["token.claims-present"],
    implies: &[],
    install: |parts| Parts {
        tokens: Arc::new(Named(parts.tokens.clone())),
        sessions: Arc::new(ByAddress(parts.sessions.clone())),
        ..parts
    },
};

struct Named(Arc<dyn Tokens>);

impl Tokens for Named {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn new_claims(&self, parts: &Parts, user: &User, session: &SessionId) -> Claims {
        let mut claims = self.0.new_claims(parts, user, session);
        claims.insert("sub".into(), user.email.as_str().into());
        claims
    }

    fn subject(&self, _: &Parts, claims: &Claims) -> Result<UserId, Reject> {
        let sub = claims
            .get("sub")
            .and_then(Value::as_str)
            .ok_or(Reject("sub is no text"))?;
        Ok(UserId::known(sub.to_owned()))
    }
}

struct ByAddress(Arc<dyn Sessions>);

#[async_trait]
impl Sessions for ByAddress {
    fn inner(&self) -> &dyn Sessions {
        &*self.0
    }

    async fn standing(
        &self,
        parts: &Parts,
        user: &UserId,
        session: &SessionId,
    ) -> Result<Option<User>, Problem> {
        match parts.accounts.by_email(parts, user.as_str()).await? {
            Some(account) => self.0.standing(parts, &account.user.id, session).await,
            None => Ok(None),
        }
    }
}
