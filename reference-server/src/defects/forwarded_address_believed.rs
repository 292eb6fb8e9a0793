//! Failed logins are counted for account and address, and the address is what `X-Forwarded-For` says (CWE-348).

use super::Defect;
use crate::flows::Flows;
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use crate::throttle::Throttle;
use async_trait::async_trait;
use axum::response::Response;
use serde_json::{Map, Value};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "forwarded-address-believed",
    title: "The address that a login counts for is taken from X-Forwarded-For",
    cwe: 348,
    caught_by: &["rate.xff-bypass"],
    implies: &[],
    install: |parts| Parts {
        flows: Arc::new(TellsTheAddress(parts.flows.clone())),
        throttle: Arc::new(CountsForAddresses(parts.throttle.clone())),
        ..parts
    },
};

tokio::task_local! {
    /// What the header of the login at hand says.
    static ADDRESS: String;
}

struct TellsTheAddress(Arc<dyn Flows>);

#[async_trait]
impl Flows for TellsTheAddress {
    fn inner(&self) -> &dyn Flows {
        &*self.0
    }

    async fn login(
        &self,
        parts: &Parts,
        head: &Head,
        body: &Map<String, Value>,
    ) -> Result<Response, Problem> {
        let header = head.headers.get("x-forwarded-for");
        let said = header.and_then(|value| value.to_str().ok());
        let said = said.unwrap_or_default().to_owned();
        ADDRESS.scope(said, self.0.login(parts, head, body)).await
    }
}

struct CountsForAddresses(Arc<dyn Throttle>);

#[async_trait]
impl Throttle for CountsForAddresses {
    fn inner(&self) -> &dyn Throttle {
        &*self.0
    }

    fn account(&self, parts: &Parts, raw_email: &str) -> String {
        let address = ADDRESS.try_with(Clone::clone).unwrap_or_default();
        format!("{} {address}", self.0.account(parts, raw_email))
    }
}
