//! Registration that keeps something it should not, and shows it in every answer about the user.

use crate::accounts::{Account, Accounts, Registration, User};
use crate::ids::UserId;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::secret::Secret;
use async_trait::async_trait;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What is kept of a registration: from what was asked for, the hash, and the raw body.
type Take = fn(&Registration, &Secret, &Map<String, Value>) -> Option<Value>;

/// Accounts that show what `take` gives as `member`.
pub(in crate::defects) fn keeps(parts: Parts, member: &'static str, take: Take) -> Parts {
    Parts {
        accounts: Arc::new(Keeps {
            inner: parts.accounts.clone(),
            member,
            take,
            kept: Mutex::default(),
        }),
        ..parts
    }
}

struct Keeps {
    inner: Arc<dyn Accounts>,
    member: &'static str,
    take: Take,
    kept: Mutex<HashMap<UserId, Value>>,
}

#[async_trait]
impl Accounts for Keeps {
    fn inner(&self) -> &dyn Accounts {
        &*self.inner
    }

    async fn create(
        &self,
        parts: &Parts,
        new: &Registration,
        hash: Secret,
        body: &Map<String, Value>,
    ) -> Result<Account, Problem> {
        let taken = (self.take)(new, &hash, body);
        let account = self.inner.create(parts, new, hash, body).await?;
        if let Some(taken) = taken {
            self.kept
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(account.user.id.clone(), taken);
        }
        Ok(account)
    }

    fn view(&self, parts: &Parts, user: &User) -> Value {
        let mut view = self.inner.view(parts, user);
        if let Some(taken) = self
            .kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&user.id)
        {
            view[self.member] = taken.clone();
        }
        view
    }
}
