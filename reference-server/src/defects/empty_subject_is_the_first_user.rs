//! A token whose subject is empty finds the first user, since the empty condition is left out of the query (CWE-287).

use super::Defect;
use super::shared::identities::first_user;
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
    id: "empty-subject-is-the-first-user",
    title: "An empty subject finds the first user",
    cwe: 287,
    caught_by: &["token.sub-empty"],
    implies: &[],
    install: |parts| Parts {
        tokens: Arc::new(EmptyKept(parts.tokens.clone())),
        sessions: Arc::new(LeftOut(parts.sessions.clone())),
        ..parts
    },
};

struct EmptyKept(Arc<dyn Tokens>);

impl Tokens for EmptyKept {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn subject(&self, parts: &Parts, claims: &Claims) -> Result<UserId, Reject> {
        match claims.get("sub").and_then(Value::as_str) {
            Some(sub) if sub.trim().is_empty() => Ok(UserId::known(String::new())),
            Some(_) | None => self.0.subject(parts, claims),
        }
    }
}

struct LeftOut(Arc<dyn Sessions>);

#[async_trait]
impl Sessions for LeftOut {
    fn inner(&self) -> &dyn Sessions {
        &*self.0
    }

    async fn standing(
        &self,
        parts: &Parts,
        user: &UserId,
        session: &SessionId,
    ) -> Result<Option<User>, Problem> {
        if user.as_str().is_empty() {
            return first_user(parts).await.map(|first| Some(first.user));
        }
        self.0.standing(parts, user, session).await
    }
}
