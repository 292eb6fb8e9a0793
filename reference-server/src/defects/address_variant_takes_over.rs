//! The look-up for duplicates compares the address as it was sent, the write the one it stands for (CWE-178).

use super::Defect;
use crate::accounts::{Account, Accounts, Registration};
use crate::parts::Parts;
use crate::problem::Problem;
use crate::secret::Secret;
use async_trait::async_trait;
use serde_json::{Map, Value};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

pub(super) const DEFECT: Defect = Defect {
    id: "address-variant-takes-over",
    title: "A variant of an address takes over its account",
    cwe: 178,
    caught_by: &["registration.duplicate-email-case"],
    implies: &[],
    install: |parts| Parts {
        accounts: Arc::new(AddressVariantTakesOver {
            inner: parts.accounts.clone(),
            sent: Mutex::default(),
        }),
        ..parts
    },
};

struct AddressVariantTakesOver {
    inner: Arc<dyn Accounts>,
    sent: Mutex<HashSet<String>>,
}

#[async_trait]
impl Accounts for AddressVariantTakesOver {
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
        let sent = body
            .get("email")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        let fresh = self
            .sent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(sent);
        let there = parts.accounts.by_email(parts, &new.email).await?;
        let Some(account) = there.filter(|_| fresh) else {
            return self.inner.create(parts, new, hash, body).await;
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
