//! For an unknown address no password is hashed, so that the answer comes sooner (CWE-208).

use super::Defect;
use crate::parts::Parts;
use crate::passwords::Passwords;
use crate::problem::Problem;
use crate::secret::Secret;
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "unknown-user-not-hashed",
    title: "No password is hashed for an unknown address",
    cwe: 208,
    caught_by: &["login.enumeration-timing"],
    implies: &[],
    install: |parts| Parts {
        passwords: Arc::new(UnknownUserNotHashed(parts.passwords.clone())),
        ..parts
    },
};

struct UnknownUserNotHashed(Arc<dyn Passwords>);

#[async_trait]
impl Passwords for UnknownUserNotHashed {
    fn inner(&self) -> &dyn Passwords {
        &*self.0
    }

    async fn verify(
        &self,
        parts: &Parts,
        password: &Secret,
        stored: Option<&str>,
    ) -> Result<bool, Problem> {
        match stored {
            None => Ok(false),
            Some(_) => self.0.verify(parts, password, stored).await,
        }
    }
}
