//! A logout puts the access token on a block list and leaves the refresh token alone (CWE-613).

use super::Defect;
use crate::accounts::User;
use crate::ids::{SessionId, UserId};
use crate::parts::Parts;
use crate::problem::Problem;
use crate::sessions::Sessions;
use async_trait::async_trait;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

pub(super) const DEFECT: Defect = Defect {
    id: "logout-keeps-the-refresh-token",
    title: "A logout leaves the refresh token alone",
    cwe: 613,
    caught_by: &["session.logout-revokes", "refresh.after-logout"],
    implies: &[
        (
            "refresh.reuse-detected",
            "the family that a reuse should end is only blocked, not ended",
        ),
        (
            "session.list-and-revoke",
            "the block list takes a session of anybody, and leaves it in the list",
        ),
    ],
    install: |parts| Parts {
        sessions: Arc::new(LogoutKeepsTheRefreshToken {
            inner: parts.sessions.clone(),
            blocked: Mutex::default(),
        }),
        ..parts
    },
};

struct LogoutKeepsTheRefreshToken {
    inner: Arc<dyn Sessions>,
    blocked: Mutex<HashSet<SessionId>>,
}

#[async_trait]
impl Sessions for LogoutKeepsTheRefreshToken {
    fn inner(&self) -> &dyn Sessions {
        &*self.inner
    }

    async fn standing(
        &self,
        parts: &Parts,
        user: &UserId,
        session: &SessionId,
    ) -> Result<Option<User>, Problem> {
        let blocked = self
            .blocked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(session);
        if blocked {
            return Ok(None);
        }
        self.inner.standing(parts, user, session).await
    }

    async fn end(&self, _: &Parts, _: &UserId, session: &SessionId) -> Result<bool, Problem> {
        Ok(self
            .blocked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(session.clone()))
    }
}
