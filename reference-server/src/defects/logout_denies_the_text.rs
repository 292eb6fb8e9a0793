//! A logout puts the text of its token on a list; padding behind it makes another text of the same token (CWE-436).

use super::Defect;
use crate::accounts::User;
use crate::flows::Flows;
use crate::ids::{SessionId, UserId};
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use crate::sessions::Sessions;
use crate::tokens::jws::Jws;
use crate::tokens::{Reject, Tokens, Verified};
use async_trait::async_trait;
use axum::response::Response;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(super) const DEFECT: Defect = Defect {
    id: "logout-denies-the-text",
    title: "A logout puts the text of its token on a list",
    cwe: 436,
    caught_by: &["session.revoked-token-malleability"],
    implies: &[],
    install: |parts| {
        let list = Arc::new(List::default());
        Parts {
            flows: Arc::new(PutsOnTheList(parts.flows.clone(), list.clone())),
            tokens: Arc::new(LooksAtTheList(parts.tokens.clone(), list.clone())),
            sessions: Arc::new(LeavesItToTheList(parts.sessions.clone(), list)),
            ..parts
        }
    },
};

/// The tokens of logouts as they came, and the sessions that they were for.
#[derive(Default)]
struct List(Mutex<(HashSet<String>, HashSet<SessionId>)>);

impl List {
    fn open(&self) -> MutexGuard<'_, (HashSet<String>, HashSet<SessionId>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct PutsOnTheList(Arc<dyn Flows>, Arc<List>);

#[async_trait]
impl Flows for PutsOnTheList {
    fn inner(&self) -> &dyn Flows {
        &*self.0
    }

    async fn logout(&self, parts: &Parts, head: &Head) -> Result<Response, Problem> {
        let who = parts.identify.identify(parts, head).await?;
        let done = self.0.logout(parts, head).await?;
        let token = parts.identify.credential(parts, head)?;
        let mut list = self.1.open();
        list.0.extend(token);
        list.1.insert(who.session);
        Ok(done)
    }
}

struct LooksAtTheList(Arc<dyn Tokens>, Arc<List>);

impl Tokens for LooksAtTheList {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn verify(&self, parts: &Parts, token: &str) -> Result<Verified, Reject> {
        if self.1.open().0.contains(token) {
            return Err(Reject("signed out"));
        }
        self.0.verify(parts, token)
    }

    fn decode(&self, parts: &Parts, token: &str) -> Result<Jws, Reject> {
        self.0.decode(parts, token.trim_end_matches('='))
    }
}

struct LeavesItToTheList(Arc<dyn Sessions>, Arc<List>);

#[async_trait]
impl Sessions for LeavesItToTheList {
    fn inner(&self) -> &dyn Sessions {
        &*self.0
    }

    async fn standing(
        &self,
        parts: &Parts,
        user: &UserId,
        session: &SessionId,
    ) -> Result<Option<User>, Problem> {
        if !self.1.open().1.contains(session) {
            return self.0.standing(parts, user, session).await;
        }
        let account = parts.accounts.by_id(parts, user).await?;
        Ok(account.map(|account| account.user))
    }
}
