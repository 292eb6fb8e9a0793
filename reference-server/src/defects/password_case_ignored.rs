//! Passwords are lowered before they are hashed (CWE-178).

use super::Defect;
use crate::parts::Parts;
use crate::passwords::Passwords;
use crate::problem::Problem;
use crate::secret::Secret;
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "password-case-ignored",
    title: "Passwords are lowered before they are hashed",
    cwe: 178,
    caught_by: &["login.wrong-password"],
    implies: &[],
    install: |parts| Parts {
        passwords: Arc::new(PasswordCaseIgnored(parts.passwords.clone())),
        ..parts
    },
};

fn lowered(password: &Secret) -> Secret {
    Secret::new(password.expose().to_lowercase())
}

struct PasswordCaseIgnored(Arc<dyn Passwords>);

#[async_trait]
impl Passwords for PasswordCaseIgnored {
    fn inner(&self) -> &dyn Passwords {
        &*self.0
    }

    async fn hash(&self, parts: &Parts, password: &Secret) -> Result<String, Problem> {
        self.0.hash(parts, &lowered(password)).await
    }
    async fn verify(
        &self,
        parts: &Parts,
        password: &Secret,
        stored: Option<&str>,
    ) -> Result<bool, Problem> {
        self.0.verify(parts, &lowered(password), stored).await
    }
}
