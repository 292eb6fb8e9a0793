//! Tokens name the session of their user, and another one after each sign-in (CWE-287).

use super::Defect;
use crate::accounts::User;
use crate::db::on;
use crate::ids::{SessionId, UserId};
use crate::parts::Parts;
use crate::problem::Problem;
use crate::sessions::Sessions;
use crate::tokens::{Claims, Tokens};
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "session-as-subject",
    title: "Tokens name the session in the place of the user",
    cwe: 287,
    caught_by: &["token.sub-stable-and-distinct"],
    implies: &[],
    install: |parts| Parts {
        tokens: Arc::new(Named(parts.tokens.clone())),
        sessions: Arc::new(BySession(parts.sessions.clone())),
        ..parts
    },
};

const OWNER: &str = "SELECT user_id FROM sessions WHERE id = $1";

struct Named(Arc<dyn Tokens>);

impl Tokens for Named {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn new_claims(&self, parts: &Parts, user: &User, session: &SessionId) -> Claims {
        let mut claims = self.0.new_claims(parts, user, session);
        claims.insert("sub".into(), session.as_str().into());
        claims
    }
}

struct BySession(Arc<dyn Sessions>);

#[async_trait]
impl Sessions for BySession {
    fn inner(&self) -> &dyn Sessions {
        &*self.0
    }

    async fn standing(
        &self,
        parts: &Parts,
        named: &UserId,
        session: &SessionId,
    ) -> Result<Option<User>, Problem> {
        let sql = parts.db.sql(OWNER);
        let owner: Option<String> = on!(&parts.db, pool => sqlx::query_scalar(sql)
            .bind(named.as_str()).fetch_optional(pool).await)?;
        match owner {
            Some(owner) => {
                let owner = UserId::known(owner);
                self.0.standing(parts, &owner, session).await
            }
            None => Ok(None),
        }
    }
}
