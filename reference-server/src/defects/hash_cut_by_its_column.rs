//! The column of the hash is too short and cuts it, so that no password is ever right (CWE-131).

use super::Defect;
use crate::parts::Parts;
use crate::passwords::Passwords;
use crate::problem::Problem;
use crate::secret::Secret;
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "hash-cut-by-its-column",
    title: "The stored hash is cut, so that no password is right",
    cwe: 131,
    caught_by: &["login.happy-path"],
    implies: &[("registration.happy-path", "a new account cannot log in")],
    install: |parts| Parts {
        passwords: Arc::new(HashCutByItsColumn(parts.passwords.clone())),
        ..parts
    },
};

struct HashCutByItsColumn(Arc<dyn Passwords>);

#[async_trait]
impl Passwords for HashCutByItsColumn {
    fn inner(&self) -> &dyn Passwords {
        &*self.0
    }

    async fn verify(
        &self,
        parts: &Parts,
        password: &Secret,
        stored: Option<&str>,
    ) -> Result<bool, Problem> {
        let cut = stored.map(|hash| hash.get(..60).unwrap_or(hash));
        self.0.verify(parts, password, cut).await
    }
}
