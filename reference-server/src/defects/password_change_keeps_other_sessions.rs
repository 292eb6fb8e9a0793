//! A change of the password stores the new hash and ends no session (CWE-613).

use super::Defect;
use crate::ids::UserId;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::sessions::Sessions;
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "password-change-keeps-other-sessions",
    title: "A change of the password ends no session",
    cwe: 613,
    caught_by: &[
        "refresh.after-password-change",
        "token.after-password-change",
    ],
    implies: &[],
    install: |parts| Parts {
        sessions: Arc::new(PasswordChangeKeepsOtherSessions(parts.sessions.clone())),
        ..parts
    },
};

struct PasswordChangeKeepsOtherSessions(Arc<dyn Sessions>);

#[async_trait]
impl Sessions for PasswordChangeKeepsOtherSessions {
    fn inner(&self) -> &dyn Sessions {
        &*self.0
    }

    async fn end_all(&self, _: &Parts, _: &UserId) -> Result<(), Problem> {
        Ok(())
    }
}
