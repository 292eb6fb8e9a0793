//! A successful login clears the failures of all accounts, not only its own (CWE-307).

use super::Defect;
use super::shared::limits::{Failures, without};
use crate::accounts::Account;
use crate::flows::Flows;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::secret::Secret;
use crate::throttle::Rule;
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "success-clears-every-count",
    title: "A successful login clears the failed ones of every account",
    cwe: 307,
    caught_by: &["rate.success-resets"],
    implies: &[],
    install: |parts| Parts {
        flows: Arc::new(SuccessClearsEveryCount {
            inner: parts.flows.clone(),
            failures: Failures::default(),
        }),
        ..parts
    },
};

struct SuccessClearsEveryCount {
    inner: Arc<dyn Flows>,
    failures: Failures,
}

#[async_trait]
impl Flows for SuccessClearsEveryCount {
    fn inner(&self) -> &dyn Flows {
        &*self.inner
    }

    async fn credentials(
        &self,
        parts: &Parts,
        email: &str,
        password: &Secret,
    ) -> Result<Account, Problem> {
        let key = parts.throttle.account(parts, email);
        self.failures.enter(parts, &key, true)?;
        let uncounted = without(parts.clone(), Rule::FailedLogin);
        let account = self.inner.credentials(&uncounted, email, password).await?;
        self.failures.clear();
        Ok(account)
    }
}
