//! Whatever text is sent is an e-mail address (CWE-20).

use super::Defect;
use crate::accounts::Accounts;
use crate::parts::Parts;
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "address-not-checked",
    title: "Whatever text is sent is an e-mail address",
    cwe: 20,
    caught_by: &["registration.invalid-email"],
    implies: &[],
    install: |parts| Parts {
        accounts: Arc::new(AddressNotChecked(parts.accounts.clone())),
        ..parts
    },
};

struct AddressNotChecked(Arc<dyn Accounts>);

#[async_trait]
impl Accounts for AddressNotChecked {
    fn inner(&self) -> &dyn Accounts {
        &*self.0
    }

    fn address(&self, _: &Parts, raw: &str) -> Result<String, &'static str> {
        Ok(raw.trim().to_lowercase())
    }
}
