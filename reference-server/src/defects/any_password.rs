//! The result of the comparison is computed and not looked at (CWE-253).

use super::Defect;
use crate::parts::Parts;
use crate::passwords::Passwords;
use crate::problem::Problem;
use crate::secret::Secret;
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "any-password",
    title: "The result of the password check is not looked at",
    cwe: 253,
    caught_by: &["login.wrong-password"],
    implies: &[
        (
            "login.password-change-needs-old",
            "any text is the current password too",
        ),
        (
            "login.enumeration-status",
            "a known address is let in, an unknown one is not",
        ),
        (
            "login.sql-injection",
            "a password with SQL opens the account, as every other does",
        ),
        (
            "registration.password-exact",
            "another spelling opens the account, as every other does",
        ),
        (
            "registration.duplicate-email",
            "the second password opens the account, as every other does",
        ),
        (
            "registration.duplicate-email-case",
            "the other password opens the account, as every other does",
        ),
        (
            "registration.mass-assignment",
            "the password of the added hash opens the account, as every other does",
        ),
        (
            "registration.password-long",
            "the beginning of a password opens the account, as every other does",
        ),
    ],
    install: |parts| Parts {
        passwords: Arc::new(AnyPassword(parts.passwords.clone())),
        ..parts
    },
};

struct AnyPassword(Arc<dyn Passwords>);

#[async_trait]
impl Passwords for AnyPassword {
    fn inner(&self) -> &dyn Passwords {
        &*self.0
    }

    async fn verify(
        &self,
        parts: &Parts,
        password: &Secret,
        stored: Option<&str>,
    ) -> Result<bool, Problem> {
        self.0.verify(parts, password, stored).await?;
        Ok(stored.is_some())
    }
}
