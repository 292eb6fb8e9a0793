//! The session of a login is never stored, because the error of the insert is dropped: its token opens nothing (CWE-252).

use super::Defect;
use crate::accounts::Account;
use crate::ids::SessionId;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::sessions::{Entry, Sessions, Started};
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "login-session-not-stored",
    title: "The session of a login is never stored",
    cwe: 252,
    caught_by: &["token.issuer-verifier-agree"],
    implies: &[],
    install: |parts| Parts {
        sessions: Arc::new(NotStored(parts.sessions.clone())),
        ..parts
    },
};

struct NotStored(Arc<dyn Sessions>);

#[async_trait]
impl Sessions for NotStored {
    fn inner(&self) -> &dyn Sessions {
        &*self.0
    }

    async fn start(
        &self,
        parts: &Parts,
        account: &Account,
        entry: Entry,
    ) -> Result<Started, Problem> {
        match entry {
            Entry::Login => Ok(Started {
                user: account.user.clone(),
                session: SessionId::random(),
                refresh_token: parts.sessions.new_token(parts),
            }),
            Entry::Registration | Entry::PasswordChange => {
                self.0.start(parts, account, entry).await
            }
        }
    }
}
