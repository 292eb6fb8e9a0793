//! Whoever is signed in may set a new password; the current one is not asked for (CWE-620).

use super::Defect;
use crate::accounts::Account;
use crate::flows::Flows;
use crate::parts::Parts;
use crate::problem::Problem;
use async_trait::async_trait;
use serde_json::{Map, Value};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "password-changed-by-the-session-alone",
    title: "A session is enough to change the password",
    cwe: 620,
    caught_by: &["login.password-change-needs-old"],
    implies: &[],
    install: |parts| Parts {
        flows: Arc::new(PasswordChangedByTheSessionAlone(parts.flows.clone())),
        ..parts
    },
};

struct PasswordChangedByTheSessionAlone(Arc<dyn Flows>);

#[async_trait]
impl Flows for PasswordChangedByTheSessionAlone {
    fn inner(&self) -> &dyn Flows {
        &*self.0
    }

    async fn reauthenticate(
        &self,
        _: &Parts,
        _: &Account,
        _: &Map<String, Value>,
    ) -> Result<(), Problem> {
        Ok(())
    }
}
