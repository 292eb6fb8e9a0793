//! The answer shows what was sent, the password too (CWE-200).

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
    id: "password-echoed",
    title: "The answer shows what was sent, the password too",
    cwe: 200,
    caught_by: &["registration.response-no-secret"],
    implies: &[],
    install: |parts| Parts {
        accounts: Arc::new(PasswordEchoed {
            inner: parts.accounts.clone(),
            extra: Mutex::default(),
        }),
        ..parts
    },
};

type Extra = Mutex<HashMap<UserId, Value>>;

struct PasswordEchoed {
    inner: Arc<dyn Accounts>,
    extra: Extra,
}

#[async_trait]
impl Accounts for PasswordEchoed {
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
        let taken = Some(Value::from(new.password.expose()));
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
            view["password"] = taken.clone();
        }
        view
    }
}
