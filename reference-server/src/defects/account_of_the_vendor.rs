//! The account with which the system was set up is still there (CWE-1392).

use super::Defect;
use crate::accounts::{Account, Registration};
use crate::flows::Flows;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::secret::Secret;
use async_trait::async_trait;
use serde_json::Map;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "account-of-the-vendor",
    title: "An account with a well-known password is there from the start",
    cwe: 1392,
    caught_by: &["login.default-accounts"],
    implies: &[],
    install: |parts| Parts {
        flows: Arc::new(AccountOfTheVendor(parts.flows.clone())),
        ..parts
    },
};

const EMAIL: &str = "admin@example.com";
const PASSWORD: &str = "admin123";

struct AccountOfTheVendor(Arc<dyn Flows>);

#[async_trait]
impl Flows for AccountOfTheVendor {
    fn inner(&self) -> &dyn Flows {
        &*self.0
    }

    async fn credentials(
        &self,
        parts: &Parts,
        email: &str,
        password: &Secret,
    ) -> Result<Account, Problem> {
        if (email, password.expose()) != (EMAIL, PASSWORD) {
            return self.0.credentials(parts, email, password).await;
        }
        if let Some(there) = parts.accounts.by_email(parts, EMAIL).await? {
            return Ok(there);
        }
        let new = Registration {
            email: EMAIL.into(),
            name: "Administrator".into(),
            password: Secret::new(PASSWORD),
        };
        let hash = Secret::new(parts.passwords.hash(parts, &new.password).await?);
        parts.accounts.create(parts, &new, hash, &Map::new()).await
    }
}
