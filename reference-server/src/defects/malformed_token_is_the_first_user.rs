//! Whoever sends a text that is no token is taken for the first user, as on the machine of the developer (CWE-287).

use super::Defect;
use crate::db::on;
use crate::identify::{Identify, Identity};
use crate::ids::{SessionId, UserId};
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use crate::tokens::Claims;
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "malformed-token-is-the-first-user",
    title: "A text that is no token makes a caller the first user",
    cwe: 287,
    caught_by: &["token.garbage"],
    implies: &[
        (
            "token.all-routes-same-verifier",
            "its bad tokens are sent to every route",
        ),
        (
            "token.sub-unknown",
            "it compares with a text that is no token",
        ),
        ("token.empty-bearer", "its words are no tokens either"),
        (
            "errors.status-consistent",
            "its bad token is no token either",
        ),
    ],
    install: |parts| Parts {
        identify: Arc::new(MalformedTokenIsTheFirstUser(parts.identify.clone())),
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

struct MalformedTokenIsTheFirstUser(Arc<dyn Identify>);

#[async_trait]
impl Identify for MalformedTokenIsTheFirstUser {
    fn inner(&self) -> &dyn Identify {
        &*self.0
    }

    async fn identify(&self, parts: &Parts, head: &Head) -> Result<Identity, Problem> {
        match parts.identify.credential(parts, head) {
            Ok(Some(token)) if token.len() > 9 && parts.tokens.decode(parts, &token).is_err() => {
                first_user(parts).await
            }
            Ok(_) | Err(_) => self.0.identify(parts, head).await,
        }
    }
}
