//! The subject of a token, which was verified after all, is pasted into the query for its user (CWE-89).

use super::Defect;
use super::shared::identities::believed;
use crate::accounts::User;
use crate::db::on;
use crate::ids::{SessionId, UserId};
use crate::parts::Parts;
use crate::problem::Problem;
use crate::sessions::Sessions;
use crate::tokens::{Claims, Reject, Tokens};
use async_trait::async_trait;
use serde_json::Value;
use sqlx::AssertSqlSafe;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "subject-pasted-into-query",
    title: "The subject of a token is pasted into SQL",
    cwe: 89,
    caught_by: &["token.sub-injection"],
    implies: &[(
        "errors.no-5xx-on-bad-token",
        "the database refuses a query with a NUL in it",
    )],
    install: |parts| Parts {
        tokens: Arc::new(AnyText(parts.tokens.clone())),
        sessions: Arc::new(PastedIntoQuery(parts.sessions.clone())),
        ..parts
    },
};

struct AnyText(Arc<dyn Tokens>);

impl Tokens for AnyText {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn subject(&self, _: &Parts, claims: &Claims) -> Result<UserId, Reject> {
        let text = claims.get("sub").and_then(Value::as_str);
        let text = text.filter(|text| !text.trim().is_empty());
        text.map(|text| UserId::known(text.to_owned()))
            .ok_or(Reject("sub is no text"))
    }
}

struct PastedIntoQuery(Arc<dyn Sessions>);

#[async_trait]
impl Sessions for PastedIntoQuery {
    fn inner(&self) -> &dyn Sessions {
        &*self.0
    }

    async fn standing(
        &self,
        parts: &Parts,
        user: &UserId,
        session: &SessionId,
    ) -> Result<Option<User>, Problem> {
        if UserId::parse(user.as_str()).is_some() {
            return self.0.standing(parts, user, session).await;
        }
        let query = format!("SELECT id FROM users WHERE id = '{}'", user.as_str());
        let found: Option<String> = on!(&parts.db, pool => sqlx::query_scalar(AssertSqlSafe(query)).fetch_optional(pool).await)?;
        let Some(id) = found.map(UserId::known) else {
            return Ok(None);
        };
        let who = believed(parts, &id, Problem::unauthenticated).await?;
        Ok(Some(who.user))
    }
}
