//! An empty token, or the word null, finds the first user, since an absent value matches everything (CWE-287).

use super::Defect;
use crate::db::on;
use crate::identify::{Identify, Identity};
use crate::ids::{SessionId, UserId};
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use crate::tokens::Claims;
use async_trait::async_trait;
use axum::http::header;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "empty-token-is-the-first-user",
    title: "An empty token finds the first user",
    cwe: 287,
    caught_by: &["token.empty-bearer"],
    implies: &[("token.garbage", "an empty text is one of its forms")],
    install: |parts| Parts {
        identify: Arc::new(EmptyTokenIsTheFirstUser(parts.identify.clone())),
        ..parts
    },
};

const FIRST: &str = "SELECT id FROM users ORDER BY created_at LIMIT 1";

async fn first_user(parts: &Parts) -> Result<Identity, Problem> {
    let sql = parts.db.sql(FIRST);
    let id: Option<String> =
        on!(&parts.db, pool => sqlx::query_scalar(sql).fetch_optional(pool).await)?;
    let id = UserId::known(id.ok_or_else(Problem::unauthenticated)?);
    let account = parts
        .accounts
        .by_id(parts, &id)
        .await?
        .ok_or_else(Problem::unauthenticated)?;
    Ok(Identity {
        user: account.user,
        session: SessionId::random(),
        claims: Claims::new(),
    })
}

struct EmptyTokenIsTheFirstUser(Arc<dyn Identify>);

#[async_trait]
impl Identify for EmptyTokenIsTheFirstUser {
    fn inner(&self) -> &dyn Identify {
        &*self.0
    }

    async fn identify(&self, parts: &Parts, head: &Head) -> Result<Identity, Problem> {
        let sent = head
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        let absent = ["Bearer", "Bearer ", "Bearer null", "Bearer undefined"];
        if sent.is_some_and(|sent| absent.contains(&sent)) {
            return first_user(parts).await;
        }
        self.0.identify(parts, head).await
    }
}
