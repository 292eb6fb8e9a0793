//! A login with an empty password is let in, as by a directory that takes it for an anonymous bind (CWE-287).

use super::Defect;
use crate::parts::Parts;
use crate::passwords::Passwords;
use crate::problem::Problem;
use crate::secret::Secret;
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "empty-password-accepted",
    title: "An empty password opens every account",
    cwe: 287,
    caught_by: &["login.wrong-password"],
    implies: &[(
        "login.password-change-needs-old",
        "no text is the current password too",
    )],
    install: |parts| Parts {
        passwords: Arc::new(EmptyPasswordAccepted(parts.passwords.clone())),
        ..parts
    },
};

struct EmptyPasswordAccepted(Arc<dyn Passwords>);

#[async_trait]
impl Passwords for EmptyPasswordAccepted {
    fn inner(&self) -> &dyn Passwords {
        &*self.0
    }

    async fn verify(
        &self,
        parts: &Parts,
        password: &Secret,
        stored: Option<&str>,
    ) -> Result<bool, Problem> {
        if password.expose().is_empty() {
            return Ok(stored.is_some());
        }
        self.0.verify(parts, password, stored).await
    }
}
