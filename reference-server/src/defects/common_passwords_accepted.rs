//! New passwords are measured and not looked up (CWE-521).

use super::Defect;
use crate::parts::Parts;
use crate::passwords::Passwords;
use crate::secret::Secret;
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "common-passwords-accepted",
    title: "New passwords are measured and not looked up",
    cwe: 521,
    caught_by: &["registration.password-common"],
    implies: &[],
    install: |parts| Parts {
        passwords: Arc::new(CommonPasswordsAccepted(parts.passwords.clone())),
        ..parts
    },
};

struct CommonPasswordsAccepted(Arc<dyn Passwords>);

#[async_trait]
impl Passwords for CommonPasswordsAccepted {
    fn inner(&self) -> &dyn Passwords {
        &*self.0
    }

    fn policy(&self, parts: &Parts, password: &Secret, email: &str) -> Result<(), &'static str> {
        if (8..=128).contains(&password.expose().chars().count()) {
            return Ok(());
        }
        self.0.policy(parts, password, email)
    }
}
