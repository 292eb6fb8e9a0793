//! Registration looks whether an address is taken and relies on it: no unique index stands behind the look (CWE-362).

use super::Defect;
use crate::accounts::{Account, Accounts, Registration, User};
use crate::ids::UserId;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::secret::Secret;
use async_trait::async_trait;
use serde_json::{Map, Value};
use std::sync::Arc;
use std::time::Duration;

pub(super) const DEFECT: Defect = Defect {
    id: "registration-looks-before-it-inserts",
    title: "Registration looks whether an address is free, and then inserts",
    cwe: 362,
    caught_by: &["registration.race-duplicate"],
    implies: &[],
    install: |parts| Parts {
        accounts: Arc::new(LooksBeforeItInserts(parts.accounts.clone())),
        ..parts
    },
};

/// What stands between an address and the number of a further account with it: the table has its unique index, so that
/// rows which it would not hold are made different where nobody looks.
const TWIN: char = '\u{1f}';

struct LooksBeforeItInserts(Arc<dyn Accounts>);

#[async_trait]
impl Accounts for LooksBeforeItInserts {
    fn inner(&self) -> &dyn Accounts {
        &*self.0
    }

    async fn create(
        &self,
        parts: &Parts,
        new: &Registration,
        hash: Secret,
        body: &Map<String, Value>,
    ) -> Result<Account, Problem> {
        let taken = parts.accounts.by_email(parts, &new.email).await?.is_some();
        if !taken {
            // As long as a mail to confirm the address takes to be queued.
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        match self.0.create(parts, new, hash.clone(), body).await {
            Err(problem) if !taken && problem.code == "email-taken" => {
                let number = UserId::random();
                let twin = Registration {
                    email: format!("{}{TWIN}{}", new.email, number.as_str()),
                    ..new.clone()
                };
                self.0.create(parts, &twin, hash, body).await
            }
            created => created,
        }
    }

    fn view(&self, parts: &Parts, user: &User) -> Value {
        let shown = user.email.split(TWIN).next().unwrap_or_default();
        let user = User {
            email: shown.to_owned(),
            ..user.clone()
        };
        self.0.view(parts, &user)
    }
}
