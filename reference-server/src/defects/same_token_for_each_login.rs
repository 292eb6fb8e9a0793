//! A login goes on with the last session of its user, and with the token that was made for it (CWE-384).

use super::Defect;
use crate::accounts::{Account, User};
use crate::ids::{SessionId, UserId};
use crate::parts::Parts;
use crate::problem::Problem;
use crate::sessions::{Entry, Sessions, Started};
use crate::tokens::Tokens;
use async_trait::async_trait;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(super) const DEFECT: Defect = Defect {
    id: "same-token-for-each-login",
    title: "A login gives the token that there was before",
    cwe: 384,
    caught_by: &["token.unique"],
    implies: &[(
        "session.logout-only-self",
        "two logins of one user are one session",
    )],
    install: |parts| Parts {
        sessions: Arc::new(OneForEachUser {
            inner: parts.sessions.clone(),
            last: Mutex::default(),
        }),
        tokens: Arc::new(OneForEachSession {
            inner: parts.tokens.clone(),
            made: Mutex::default(),
        }),
        ..parts
    },
};

struct OneForEachUser {
    inner: Arc<dyn Sessions>,
    /// The session of the last login.
    last: Mutex<HashMap<UserId, SessionId>>,
}

impl OneForEachUser {
    fn last(&self) -> MutexGuard<'_, HashMap<UserId, SessionId>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Sessions for OneForEachUser {
    fn inner(&self) -> &dyn Sessions {
        &*self.inner
    }

    async fn start(
        &self,
        parts: &Parts,
        account: &Account,
        entry: Entry,
    ) -> Result<Started, Problem> {
        let user = &account.user.id;
        let last = self.last().get(user).cloned();
        if let (Entry::Login, Some(session)) = (entry, last)
            && parts
                .sessions
                .standing(parts, user, &session)
                .await?
                .is_some()
        {
            return Ok(Started {
                user: account.user.clone(),
                refresh_token: parts.sessions.add_refresh(parts, &session).await?,
                session,
            });
        }
        let started = self.inner.start(parts, account, entry).await?;
        if entry == Entry::Login {
            self.last().insert(user.clone(), started.session.clone());
        }
        Ok(started)
    }
}

struct OneForEachSession {
    inner: Arc<dyn Tokens>,
    /// Tokens, and until when they are given out again.
    made: Mutex<HashMap<SessionId, (String, i64)>>,
}

impl Tokens for OneForEachSession {
    fn inner(&self) -> &dyn Tokens {
        &*self.inner
    }

    fn issue(&self, parts: &Parts, user: &User, session: &SessionId) -> Result<String, Problem> {
        let now = parts.now_ms();
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((token, until)) = made.get(session)
            && now < *until
        {
            return Ok(token.clone());
        }
        let token = self.inner.issue(parts, user, session)?;
        // For half of its life.
        let life = i64::try_from(parts.config.access_lifetime.as_millis()).unwrap_or(0);
        made.insert(session.clone(), (token.clone(), now + life / 2));
        Ok(token)
    }
}
