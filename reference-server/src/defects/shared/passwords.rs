//! Passwords that are hashed in another spelling than the one that was sent.

use crate::parts::Parts;
use crate::passwords::Passwords;
use crate::problem::Problem;
use crate::secret::Secret;
use async_trait::async_trait;
use std::sync::Arc;

/// Hashes and verifies what `spelling` makes of a password.
pub(in crate::defects) fn respelt(parts: Parts, spelling: fn(&Secret) -> Secret) -> Parts {
    Parts {
        passwords: Arc::new(Respelt(parts.passwords.clone(), spelling)),
        ..parts
    }
}

struct Respelt(Arc<dyn Passwords>, fn(&Secret) -> Secret);

#[async_trait]
impl Passwords for Respelt {
    fn inner(&self) -> &dyn Passwords {
        &*self.0
    }

    async fn hash(&self, parts: &Parts, password: &Secret) -> Result<String, Problem> {
        self.0.hash(parts, &(self.1)(password)).await
    }

    async fn verify(
        &self,
        parts: &Parts,
        password: &Secret,
        stored: Option<&str>,
    ) -> Result<bool, Problem> {
        self.0.verify(parts, &(self.1)(password), stored).await
    }
}
