//! A failed login is counted when the password was compared, so that those under way do not see it (CWE-362).

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
    id: "limit-counted-afterwards",
    title: "A failed login is counted after its password was compared",
    cwe: 362,
    caught_by: &["rate.race"],
    implies: &[],
    install: |parts| Parts {
        flows: Arc::new(LimitCountedAfterwards {
            inner: parts.flows.clone(),
            failures: Failures::default(),
        }),
        ..parts
    },
};

struct LimitCountedAfterwards {
    inner: Arc<dyn Flows>,
    failures: Failures,
}

#[async_trait]
impl Flows for LimitCountedAfterwards {
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
        self.failures.enter(parts, &key, false)?;
        let uncounted = without(parts.clone(), Rule::FailedLogin);
        let done = self.inner.credentials(&uncounted, email, password).await;
        if done.is_err() {
            let _ = self.failures.enter(parts, &key, true);
        }
        done
    }
}
