//! After two wrong passwords an account is closed for a while, and people mistype (CWE-645).

use super::Defect;
use crate::parts::Parts;
use crate::throttle::{Limit, Rule, Throttle};
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "two-wrong-passwords-lock",
    title: "Two wrong passwords close an account for a minute",
    cwe: 645,
    caught_by: &["rate.no-false-block"],
    implies: &[],
    install: |parts| Parts {
        throttle: Arc::new(TwoWrongPasswordsLock(parts.throttle.clone())),
        ..parts
    },
};

struct TwoWrongPasswordsLock(Arc<dyn Throttle>);

#[async_trait]
impl Throttle for TwoWrongPasswordsLock {
    fn inner(&self) -> &dyn Throttle {
        &*self.0
    }

    fn limit(&self, parts: &Parts, rule: Rule) -> Limit {
        let limit = self.0.limit(parts, rule);
        match rule {
            Rule::FailedLogin => Limit { max: 2, ..limit },
            Rule::FailedPasswordChange | Rule::Login | Rule::Registration => limit,
        }
    }
}
