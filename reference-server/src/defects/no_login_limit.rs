//! Failed logins are not counted (CWE-307).

use super::Defect;
use crate::parts::Parts;
use crate::throttle::{Attempt, Rule, Throttle};
use async_trait::async_trait;
use std::sync::Arc;
use std::time::Duration;

pub(super) const DEFECT: Defect = Defect {
    id: "no-login-limit",
    title: "Failed logins are not counted",
    cwe: 307,
    caught_by: &["rate.login-burst"],
    implies: &[],
    install: |parts| Parts {
        throttle: Arc::new(NoLoginLimit(parts.throttle.clone())),
        ..parts
    },
};

struct NoLoginLimit(Arc<dyn Throttle>);

#[async_trait]
impl Throttle for NoLoginLimit {
    fn inner(&self) -> &dyn Throttle {
        &*self.0
    }

    async fn attempt(&self, _: &Parts, _: Rule, _: &str) -> Result<Attempt, Duration> {
        Ok(Attempt::uncounted())
    }
}
