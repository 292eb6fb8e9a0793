//! The guard takes any token that the table of sessions knows, refresh tokens too (CWE-345).

use super::Defect;
use crate::accounts::User;
use crate::identify::{Identify, Identity};
use crate::ids::{SessionId, UserId};
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use crate::tokens::Claims;
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "refresh-token-opens-the-api",
    title: "A refresh token opens the API",
    cwe: 345,
    caught_by: &["token.typ-confusion-refresh"],
    implies: &[],
    install: |parts| Parts {
        identify: Arc::new(RefreshTokenOpensTheApi(parts.identify.clone())),
        ..parts
    },
};

struct RefreshTokenOpensTheApi(Arc<dyn Identify>);

#[async_trait]
impl Identify for RefreshTokenOpensTheApi {
    fn inner(&self) -> &dyn Identify {
        &*self.0
    }

    async fn identify(&self, parts: &Parts, head: &Head) -> Result<Identity, Problem> {
        let Some(token) = parts.identify.credential(parts, head)? else {
            return self.0.identify(parts, head).await;
        };
        let found = parts.sessions.find_refresh(parts, &token).await?;
        let current = |row: &_| parts.sessions.is_current(parts, row);
        let Some(row) = found.filter(|row| row.used_at.is_none() && current(row)) else {
            return self.0.identify(parts, head).await;
        };
        Ok(Identity {
            user: User {
                id: UserId::known(row.user_id),
                email: row.email,
                name: row.name,
                created_at: row.user_created_at,
            },
            session: SessionId::known(row.session_id),
            claims: Claims::new(),
        })
    }
}
