//! Failed logins are never forgotten: the fifth locks the account until somebody unlocks it (CWE-645).

use super::Defect;
use crate::parts::Parts;
use crate::throttle::{Limit, Rule, Throttle};
use async_trait::async_trait;
use std::sync::Arc;
use std::time::Duration;

pub(super) const DEFECT: Defect = Defect {
    id: "failures-never-forgotten",
    title: "Five failed logins lock an account for good",
    cwe: 645,
    caught_by: &["rate.account-lock-dos"],
    implies: &[],
    install: |parts| Parts {
        throttle: Arc::new(FailuresNeverForgotten(parts.throttle.clone())),
        ..parts
    },
};

struct FailuresNeverForgotten(Arc<dyn Throttle>);

#[async_trait]
impl Throttle for FailuresNeverForgotten {
    fn inner(&self) -> &dyn Throttle {
        &*self.0
    }

    fn limit(&self, parts: &Parts, rule: Rule) -> Limit {
        let limit = self.0.limit(parts, rule);
        match rule {
            Rule::FailedLogin => Limit {
                window: Duration::from_secs(u32::MAX.into()),
                ..limit
            },
            Rule::FailedPasswordChange | Rule::Login | Rule::Registration => limit,
        }
    }
}
