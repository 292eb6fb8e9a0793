//! A token without a user matches whoever owns the session, since an absent condition is left out of the query (CWE-287).

use super::Defect;
use crate::accounts::User;
use crate::db::on;
use crate::ids::{SessionId, UserId};
use crate::parts::Parts;
use crate::problem::Problem;
use crate::sessions::Sessions;
use crate::tokens::{Claims, Reject, Tokens};
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "subject-optional",
    title: "A token without a user is given one",
    cwe: 287,
    caught_by: &["token.sub-missing"],
    implies: &[],
    install: |parts| Parts {
        tokens: Arc::new(Optional(parts.tokens.clone())),
        sessions: Arc::new(LeftOut(parts.sessions.clone())),
        ..parts
    },
};

const OWNER: &str = "SELECT u.id, u.email, u.name, u.created_at FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = $1";

struct Optional(Arc<dyn Tokens>);

impl Tokens for Optional {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn subject(&self, parts: &Parts, claims: &Claims) -> Result<UserId, Reject> {
        if claims.contains_key("sub") {
            self.0.subject(parts, claims)
        } else {
            Ok(UserId::known(String::new()))
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
        if !user.as_str().is_empty() {
            return self.0.standing(parts, user, session).await;
        }
        let sql = parts.db.sql(OWNER);
        let row: Option<(String, String, String, i64)> = on!(&parts.db, pool => sqlx::query_as(sql).bind(session.as_str()).fetch_optional(pool).await)?;
        Ok(row.map(|(id, email, name, created_at)| User {
            id: UserId::known(id),
            email,
            name,
            created_at,
        }))
    }
}
