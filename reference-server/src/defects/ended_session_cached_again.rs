//! A session is looked up, and put into a cache when its turn comes: by then it may have ended (CWE-362).

use super::Defect;
use crate::accounts::User;
use crate::ids::{SessionId, UserId};
use crate::parts::Parts;
use crate::problem::Problem;
use crate::sessions::Sessions;
use async_trait::async_trait;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub(super) const DEFECT: Defect = Defect {
    id: "ended-session-cached-again",
    title: "A use at the moment of the logout puts the session back into a cache",
    cwe: 362,
    caught_by: &["session.logout-race"],
    implies: &[],
    install: |parts| Parts {
        sessions: Arc::new(EndedSessionCachedAgain {
            inner: parts.sessions.clone(),
            cached: Mutex::default(),
            filling: tokio::sync::Mutex::default(),
        }),
        ..parts
    },
};

struct EndedSessionCachedAgain {
    inner: Arc<dyn Sessions>,
    /// Sessions that are taken to stand.
    cached: Mutex<HashSet<String>>,
    filling: tokio::sync::Mutex<()>,
}

impl EndedSessionCachedAgain {
    fn cached(&self) -> MutexGuard<'_, HashSet<String>> {
        self.cached.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Sessions for EndedSessionCachedAgain {
    fn inner(&self) -> &dyn Sessions {
        &*self.inner
    }

    async fn standing(
        &self,
        parts: &Parts,
        user: &UserId,
        session: &SessionId,
    ) -> Result<Option<User>, Problem> {
        if self.cached().contains(session.as_str()) {
            let account = parts.accounts.by_id(parts, user).await?;
            return Ok(account.map(|account| account.user));
        }
        let found = self.inner.standing(parts, user, session).await?;
        if found.is_some() {
            let _turn = self.filling.lock().await;
            tokio::time::sleep(Duration::from_millis(3)).await;
            self.cached().insert(session.to_string());
        }
        Ok(found)
    }

    async fn end(
        &self,
        parts: &Parts,
        user: &UserId,
        session: &SessionId,
    ) -> Result<bool, Problem> {
        let ended = self.inner.end(parts, user, session).await?;
        self.cached().remove(session.as_str());
        Ok(ended)
    }

    async fn end_all(&self, parts: &Parts, user: &UserId) -> Result<(), Problem> {
        self.inner.end_all(parts, user).await?;
        self.cached().clear();
        Ok(())
    }
}
