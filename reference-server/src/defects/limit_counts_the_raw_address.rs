//! Failed logins are counted under the address as it was typed, while accounts are found by its stored form (CWE-178).

use super::Defect;
use crate::parts::Parts;
use crate::throttle::Throttle;
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "limit-counts-the-raw-address",
    title: "Failed logins are counted for each spelling of an address",
    cwe: 178,
    caught_by: &["rate.variant-bypass"],
    implies: &[],
    install: |parts| Parts {
        throttle: Arc::new(LimitCountsTheRawAddress(parts.throttle.clone())),
        ..parts
    },
};

struct LimitCountsTheRawAddress(Arc<dyn Throttle>);

#[async_trait]
impl Throttle for LimitCountsTheRawAddress {
    fn inner(&self) -> &dyn Throttle {
        &*self.0
    }

    fn account(&self, _: &Parts, raw_email: &str) -> String {
        raw_email.to_owned()
    }
}
