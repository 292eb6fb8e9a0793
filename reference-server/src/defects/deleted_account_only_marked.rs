//! An account that is deleted is only marked, and only the login looks at the mark (CWE-613).

use super::Defect;
use crate::accounts::{Account, Accounts};
use crate::ids::UserId;
use crate::parts::Parts;
use crate::problem::Problem;
use async_trait::async_trait;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

pub(super) const DEFECT: Defect = Defect {
    id: "deleted-account-only-marked",
    title: "Only the login looks whether an account was deleted",
    cwe: 613,
    caught_by: &["refresh.deleted-user", "token.deleted-user"],
    implies: &[],
    install: |parts| Parts {
        accounts: Arc::new(DeletedAccountOnlyMarked {
            inner: parts.accounts.clone(),
            marked: Mutex::default(),
        }),
        ..parts
    },
};

struct DeletedAccountOnlyMarked {
    inner: Arc<dyn Accounts>,
    marked: Mutex<HashSet<UserId>>,
}

impl DeletedAccountOnlyMarked {
    fn marked(&self) -> std::sync::MutexGuard<'_, HashSet<UserId>> {
        self.marked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Accounts for DeletedAccountOnlyMarked {
    fn inner(&self) -> &dyn Accounts {
        &*self.inner
    }

    async fn by_email(&self, parts: &Parts, email: &str) -> Result<Option<Account>, Problem> {
        let found = self.inner.by_email(parts, email).await?;
        Ok(found.filter(|account| !self.marked().contains(&account.user.id)))
    }

    async fn delete(&self, _: &Parts, id: &UserId) -> Result<(), Problem> {
        self.marked().insert(id.clone());
        Ok(())
    }
}
