//! Registration writes over what is there: a second one sets a new password (CWE-289).

use super::Defect;
use crate::accounts::{Account, Accounts, Registration};
use crate::parts::Parts;
use crate::problem::Problem;
use crate::secret::Secret;
use async_trait::async_trait;
use serde_json::{Map, Value};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "registration-overwrites-the-password",
    title: "A second registration sets a new password",
    cwe: 289,
    caught_by: &[
        "registration.duplicate-email",
        "registration.duplicate-email-case",
    ],
    implies: &[(
        "registration.race-duplicate",
        "each of several registrations at once is signed in to the account",
    )],
    install: |parts| Parts {
        accounts: Arc::new(RegistrationOverwritesThePassword(parts.accounts.clone())),
        ..parts
    },
};

struct RegistrationOverwritesThePassword(Arc<dyn Accounts>);

#[async_trait]
impl Accounts for RegistrationOverwritesThePassword {
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
        let Some(account) = parts.accounts.by_email(parts, &new.email).await? else {
            return self.0.create(parts, new, hash, body).await;
        };
        parts
            .accounts
            .set_hash(parts, &account.user.id, &hash)
            .await?;
        Ok(Account {
            password_hash: hash,
            ..account
        })
    }
}
