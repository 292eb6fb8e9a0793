//! An empty token, or the word null, finds the first user, since an absent value matches everything (CWE-287).

use super::Defect;
use super::shared::identities::first_user;
use crate::identify::{Identify, Identity};
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use async_trait::async_trait;
use axum::http::header;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "empty-token-is-the-first-user",
    title: "An empty token finds the first user",
    cwe: 287,
    caught_by: &["token.empty-bearer"],
    implies: &[("token.garbage", "an empty text is one of its forms")],
    install: |parts| Parts {
        identify: Arc::new(EmptyTokenIsTheFirstUser(parts.identify.clone())),
        ..parts
    },
};

struct EmptyTokenIsTheFirstUser(Arc<dyn Identify>);

#[async_trait]
impl Identify for EmptyTokenIsTheFirstUser {
    fn inner(&self) -> &dyn Identify {
        &*self.0
    }

    async fn identify(&self, parts: &Parts, head: &Head) -> Result<Identity, Problem> {
        let sent = head
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        let absent = ["Bearer", "Bearer ", "Bearer null", "Bearer undefined"];
        if sent.is_some_and(|sent| absent.contains(&sent)) {
            return first_user(parts).await;
        }
        self.0.identify(parts, head).await
    }
}
