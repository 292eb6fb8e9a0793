//! Only the first sixteen characters of a password are hashed (CWE-1023).

use super::Defect;
use crate::parts::Parts;
use crate::passwords::Passwords;
use crate::problem::Problem;
use crate::secret::Secret;
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "password-truncated",
    title: "Only the first sixteen characters of a password are hashed",
    cwe: 1023,
    caught_by: &["login.wrong-password"],
    implies: &[],
    install: |parts| Parts {
        passwords: Arc::new(PasswordTruncated(parts.passwords.clone())),
        ..parts
    },
};

fn beginning(password: &Secret) -> Secret {
    Secret::new(password.expose().chars().take(16).collect::<String>())
}

struct PasswordTruncated(Arc<dyn Passwords>);

#[async_trait]
impl Passwords for PasswordTruncated {
    fn inner(&self) -> &dyn Passwords {
        &*self.0
    }

    async fn hash(&self, parts: &Parts, password: &Secret) -> Result<String, Problem> {
        self.0.hash(parts, &beginning(password)).await
    }
    async fn verify(
        &self,
        parts: &Parts,
        password: &Secret,
        stored: Option<&str>,
    ) -> Result<bool, Problem> {
        self.0.verify(parts, &beginning(password), stored).await
    }
}
