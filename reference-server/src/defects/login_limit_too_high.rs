//! The limit of failed logins was raised for a load test and never lowered (CWE-307).

use super::Defect;
use crate::parts::Parts;
use crate::throttle::{Limit, Rule, Throttle};
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "login-limit-too-high",
    title: "The limit of failed logins was left at that of a load test",
    cwe: 307,
    caught_by: &["rate.login-burst"],
    implies: &[],
    install: |parts| Parts {
        throttle: Arc::new(LoginLimitTooHigh(parts.throttle.clone())),
        ..parts
    },
};

struct LoginLimitTooHigh(Arc<dyn Throttle>);

#[async_trait]
impl Throttle for LoginLimitTooHigh {
    fn inner(&self) -> &dyn Throttle {
        &*self.0
    }

    fn limit(&self, parts: &Parts, rule: Rule) -> Limit {
        let limit = self.0.limit(parts, rule);
        match rule {
            Rule::FailedLogin => Limit {
                max: limit.max * 1000,
                ..limit
            },
            Rule::FailedPasswordChange | Rule::Login | Rule::Registration => limit,
        }
    }
}
