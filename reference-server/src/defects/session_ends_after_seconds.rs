//! The lifetime of a session is given in seconds and read as milliseconds (CWE-1339).

use super::Defect;
use crate::accounts::User;
use crate::ids::{SessionId, UserId};
use crate::parts::Parts;
use crate::problem::Problem;
use crate::sessions::Sessions;
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "session-ends-after-seconds",
    title: "A session ends after twenty seconds",
    cwe: 1339,
    caught_by: &["session.persists"],
    implies: &[
        ("resilience.e2e-flow", "it takes longer than the session"),
        (
            "resilience.health-after-attack",
            "the session of the first sign-in is over at the end of the run",
        ),
    ],
    install: |parts| Parts {
        sessions: Arc::new(SessionEndsAfterSeconds(parts.sessions.clone())),
        ..parts
    },
};

struct SessionEndsAfterSeconds(Arc<dyn Sessions>);

#[async_trait]
impl Sessions for SessionEndsAfterSeconds {
    fn inner(&self) -> &dyn Sessions {
        &*self.0
    }

    async fn standing(
        &self,
        parts: &Parts,
        user: &UserId,
        session: &SessionId,
    ) -> Result<Option<User>, Problem> {
        let began = parts
            .sessions
            .list(parts, user)
            .await?
            .into_iter()
            .find(|row| row.id == session.as_str());
        let over = began.is_some_and(|row| row.created_at + 20_000 < parts.now_ms());
        if over {
            return Ok(None);
        }
        self.0.standing(parts, user, session).await
    }
}
