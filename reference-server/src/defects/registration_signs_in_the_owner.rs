//! Registering an address that is taken signs in its owner, whatever the password (CWE-287).

use super::Defect;
use crate::accounts::{Account, Accounts, Registration};
use crate::parts::Parts;
use crate::problem::Problem;
use crate::secret::Secret;
use async_trait::async_trait;
use serde_json::{Map, Value};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "registration-signs-in-the-owner",
    title: "Registering a taken address signs in its owner",
    cwe: 287,
    caught_by: &[
        "registration.duplicate-email",
        "registration.duplicate-email-case",
    ],
    implies: &[(
        "registration.race-duplicate",
        "each of the registrations signs in the same owner",
    )],
    install: |parts| Parts {
        accounts: Arc::new(RegistrationSignsInTheOwner(parts.accounts.clone())),
        ..parts
    },
};

struct RegistrationSignsInTheOwner(Arc<dyn Accounts>);

#[async_trait]
impl Accounts for RegistrationSignsInTheOwner {
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
        drop(hash);
        Ok(account)
    }
}
