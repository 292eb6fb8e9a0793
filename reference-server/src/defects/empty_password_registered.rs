//! The policy is skipped where there is no password, as for accounts of a provider (CWE-521).

use super::Defect;
use crate::parts::Parts;
use crate::passwords::Passwords;
use crate::secret::Secret;
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "empty-password-registered",
    title: "An empty password is not checked",
    cwe: 521,
    caught_by: &["registration.password-min-length"],
    implies: &[],
    install: |parts| Parts {
        passwords: Arc::new(EmptyPasswordRegistered(parts.passwords.clone())),
        ..parts
    },
};

struct EmptyPasswordRegistered(Arc<dyn Passwords>);

#[async_trait]
impl Passwords for EmptyPasswordRegistered {
    fn inner(&self) -> &dyn Passwords {
        &*self.0
    }

    fn policy(&self, parts: &Parts, password: &Secret, email: &str) -> Result<(), &'static str> {
        if password.expose().is_empty() {
            return Ok(());
        }
        self.0.policy(parts, password, email)
    }
}
