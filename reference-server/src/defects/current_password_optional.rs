//! The current password is verified if it is there (CWE-620).

use super::Defect;
use crate::accounts::Account;
use crate::flows::Flows;
use crate::parts::Parts;
use crate::problem::Problem;
use async_trait::async_trait;
use serde_json::{Map, Value};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "current-password-optional",
    title: "The current password may be left out",
    cwe: 620,
    caught_by: &["login.password-change-needs-old"],
    implies: &[],
    install: |parts| Parts {
        flows: Arc::new(CurrentPasswordOptional(parts.flows.clone())),
        ..parts
    },
};

struct CurrentPasswordOptional(Arc<dyn Flows>);

#[async_trait]
impl Flows for CurrentPasswordOptional {
    fn inner(&self) -> &dyn Flows {
        &*self.0
    }

    async fn reauthenticate(
        &self,
        parts: &Parts,
        account: &Account,
        body: &Map<String, Value>,
    ) -> Result<(), Problem> {
        match body.get("current_password") {
            None => Ok(()),
            Some(_) => self.0.reauthenticate(parts, account, body).await,
        }
    }
}
