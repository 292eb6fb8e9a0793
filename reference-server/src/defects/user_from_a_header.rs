//! X-User-Id, meant for a gateway, says who asks (CWE-290).

use super::Defect;
use super::shared::identities::believed;
use crate::identify::{Identify, Identity};
use crate::ids::UserId;
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "user-from-a-header",
    title: "X-User-Id says who asks",
    cwe: 290,
    caught_by: &["isolation.header-identity"],
    implies: &[],
    install: |parts| Parts {
        identify: Arc::new(UserFromAHeader(parts.identify.clone())),
        ..parts
    },
};

struct UserFromAHeader(Arc<dyn Identify>);

#[async_trait]
impl Identify for UserFromAHeader {
    fn inner(&self) -> &dyn Identify {
        &*self.0
    }

    async fn identify(&self, parts: &Parts, head: &Head) -> Result<Identity, Problem> {
        let named = head.headers.get("x-user-id");
        match named.and_then(|id| UserId::parse(id.to_str().ok()?)) {
            Some(id) => believed(parts, &id, Problem::unauthenticated).await,
            None => self.0.identify(parts, head).await,
        }
    }
}
