//! Registration stores every member of its body, the role too (CWE-915).

use super::Defect;
use crate::accounts::{Account, Accounts, Registration, User};
use crate::ids::UserId;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::secret::Secret;
use async_trait::async_trait;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

pub(super) const DEFECT: Defect = Defect {
    id: "role-from-registration",
    title: "Registration stores every member of its body, the role too",
    cwe: 915,
    caught_by: &["registration.mass-assignment"],
    implies: &[],
    install: |parts| Parts {
        accounts: Arc::new(RoleFromRegistration {
            inner: parts.accounts.clone(),
            extra: Mutex::default(),
        }),
        ..parts
    },
};

type Extra = Mutex<HashMap<UserId, Value>>;

struct RoleFromRegistration {
    inner: Arc<dyn Accounts>,
    extra: Extra,
}

#[async_trait]
impl Accounts for RoleFromRegistration {
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
        let taken = body.get("role").cloned();
        let account = self.inner.create(parts, new, hash, body).await?;
        if let Some(taken) = taken {
            self.extra
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(account.user.id.clone(), taken);
        }
        Ok(account)
    }

    fn view(&self, parts: &Parts, user: &User) -> Value {
        let mut view = self.inner.view(parts, user);
        if let Some(taken) = self
            .extra
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&user.id)
        {
            view["role"] = taken.clone();
        }
        view
    }
}
