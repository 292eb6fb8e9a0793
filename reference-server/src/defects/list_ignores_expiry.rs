//! The list route has a verifier of its own, older than the rule about the expiry (CWE-613).

use super::Defect;
use crate::identify::{Identify, Identity};
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use crate::tokens::{Claims, Reject, Tokens};
use async_trait::async_trait;
use axum::extract::MatchedPath;
use axum::http::Method;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "list-ignores-expiry",
    title: "The list route verifies without the expiry",
    cwe: 613,
    caught_by: &["token.all-routes-same-verifier"],
    implies: &[],
    install: |parts| Parts {
        identify: Arc::new(ListIgnoresExpiry(parts.identify.clone())),
        ..parts
    },
};

struct WithoutExpiry(Arc<dyn Tokens>);

impl Tokens for WithoutExpiry {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn expiry(&self, _: &Parts, _: &Claims) -> Result<(), Reject> {
        Ok(())
    }
}

struct ListIgnoresExpiry(Arc<dyn Identify>);

#[async_trait]
impl Identify for ListIgnoresExpiry {
    fn inner(&self) -> &dyn Identify {
        &*self.0
    }

    async fn identify(&self, parts: &Parts, head: &Head) -> Result<Identity, Problem> {
        let route = head
            .extensions
            .get::<MatchedPath>()
            .map(MatchedPath::as_str);
        if head.method != Method::GET || route != Some("/api/{user_id}/tasks") {
            return self.0.identify(parts, head).await;
        }
        let older = Parts {
            tokens: Arc::new(WithoutExpiry(parts.tokens.clone())),
            ..parts.clone()
        };
        self.0.identify(&older, head).await
    }
}
