//! Registration stores the name in the column of the address (CWE-1284).

use super::Defect;
use crate::accounts::{Account, Accounts, Registration, User};
use crate::ids::UserId;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::secret::Secret;
use async_trait::async_trait;
use serde_json::{Map, Value};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "registration-loses-the-address",
    title: "Registration stores another address",
    cwe: 1284,
    caught_by: &["registration.happy-path"],
    implies: &[
        ("login.happy-path", "no account is found by its address"),
        ("token.issuer-verifier-agree", "nobody can log in"),
    ],
    install: |parts| Parts {
        accounts: Arc::new(RegistrationLosesTheAddress(parts.accounts.clone())),
        ..parts
    },
};

struct RegistrationLosesTheAddress(Arc<dyn Accounts>);

#[async_trait]
impl Accounts for RegistrationLosesTheAddress {
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
        let stored = Registration {
            email: format!("{}-{}", new.name, UserId::random()),
            ..new.clone()
        };
        let account = self.0.create(parts, &stored, hash, body).await?;
        Ok(Account {
            user: User {
                email: new.email.clone(),
                ..account.user
            },
            ..account
        })
    }
}
