//! The refresh route takes whatever token verifies, access tokens too (CWE-345).

use super::Defect;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::sessions::{Sessions, Started};
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "access-token-renews",
    title: "An access token gives new tokens",
    cwe: 345,
    caught_by: &["token.typ-confusion-refresh"],
    implies: &[],
    install: |parts| Parts {
        sessions: Arc::new(AccessTokenRenews(parts.sessions.clone())),
        ..parts
    },
};

struct AccessTokenRenews(Arc<dyn Sessions>);

#[async_trait]
impl Sessions for AccessTokenRenews {
    fn inner(&self) -> &dyn Sessions {
        &*self.0
    }

    async fn rotate(&self, parts: &Parts, token: &str) -> Result<Started, Problem> {
        let Ok(verified) = parts.tokens.verify(parts, token) else {
            return self.0.rotate(parts, token).await;
        };
        let (user, session) = (&verified.user, verified.session);
        let user = parts.sessions.standing(parts, user, &session).await?;
        let user = user.ok_or_else(|| Problem::invalid_token("the session has ended"))?;
        let refresh_token = parts.sessions.add_refresh(parts, &session).await?;
        Ok(Started {
            user,
            session,
            refresh_token,
        })
    }
}
