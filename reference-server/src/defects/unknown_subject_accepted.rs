//! Where the look-up of the user finds nobody, the claims of the token are taken for the user (CWE-287).

use super::Defect;
use crate::accounts::User;
use crate::ids::{SessionId, UserId};
use crate::parts::Parts;
use crate::problem::Problem;
use crate::sessions::Sessions;
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "unknown-subject-accepted",
    title: "A token is enough for a user who does not exist",
    cwe: 287,
    caught_by: &["token.sub-unknown", "token.deleted-user"],
    implies: &[(
        "errors.no-5xx-on-bad-token",
        "a row of somebody who does not exist breaks a constraint of the database",
    )],
    install: |parts| Parts {
        sessions: Arc::new(UnknownSubjectAccepted(parts.sessions.clone())),
        ..parts
    },
};

struct UnknownSubjectAccepted(Arc<dyn Sessions>);

#[async_trait]
impl Sessions for UnknownSubjectAccepted {
    fn inner(&self) -> &dyn Sessions {
        &*self.0
    }

    async fn standing(
        &self,
        parts: &Parts,
        user: &UserId,
        session: &SessionId,
    ) -> Result<Option<User>, Problem> {
        let found = self.0.standing(parts, user, session).await?;
        if found.is_some() || parts.accounts.by_id(parts, user).await?.is_some() {
            return Ok(found);
        }
        Ok(Some(User {
            id: user.clone(),
            email: String::new(),
            name: String::new(),
            created_at: parts.now_ms(),
        }))
    }
}
