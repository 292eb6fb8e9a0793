//! Passwords of four characters are enough, as for a bank card (CWE-521).

use super::Defect;
use crate::parts::Parts;
use crate::passwords::Passwords;
use crate::secret::Secret;
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "short-passwords",
    title: "Passwords of four characters are enough",
    cwe: 521,
    caught_by: &["registration.password-min-length"],
    implies: &[(
        "registration.password-common",
        "whatever is long enough is taken, a well-known one too",
    )],
    install: |parts| Parts {
        passwords: Arc::new(ShortPasswords(parts.passwords.clone())),
        ..parts
    },
};

struct ShortPasswords(Arc<dyn Passwords>);

#[async_trait]
impl Passwords for ShortPasswords {
    fn inner(&self) -> &dyn Passwords {
        &*self.0
    }

    fn policy(&self, parts: &Parts, password: &Secret, email: &str) -> Result<(), &'static str> {
        if password.expose().chars().count() >= 4 {
            return Ok(());
        }
        self.0.policy(parts, password, email)
    }
}
