//! Failed logins are counted under a key that each request brings anew (CWE-799).

use super::Defect;
use crate::parts::Parts;
use crate::throttle::Throttle;
use async_trait::async_trait;
use std::sync::Arc;
use uuid::Uuid;

pub(super) const DEFECT: Defect = Defect {
    id: "limiter-key-changes",
    title: "Failed logins are counted under a new key each time",
    cwe: 799,
    caught_by: &["rate.login-burst"],
    implies: &[],
    install: |parts| Parts {
        throttle: Arc::new(LimiterKeyChanges(parts.throttle.clone())),
        ..parts
    },
};

struct LimiterKeyChanges(Arc<dyn Throttle>);

#[async_trait]
impl Throttle for LimiterKeyChanges {
    fn inner(&self) -> &dyn Throttle {
        &*self.0
    }

    fn account(&self, parts: &Parts, raw_email: &str) -> String {
        format!("{}-{}", self.0.account(parts, raw_email), Uuid::new_v4())
    }
}
