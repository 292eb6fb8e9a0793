//! The list route was left out of the protected ones: without a token it believes the path (CWE-306).

use super::Defect;
use super::shared::identities::{believed, path_user};
use crate::identify::{Identify, Identity};
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use async_trait::async_trait;
use axum::extract::MatchedPath;
use axum::http::Method;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "task-list-without-token",
    title: "The task list asks for no token",
    cwe: 306,
    caught_by: &["token.missing"],
    implies: &[],
    install: |parts| Parts {
        identify: Arc::new(ListWithoutToken(parts.identify.clone())),
        ..parts
    },
};

struct ListWithoutToken(Arc<dyn Identify>);

#[async_trait]
impl Identify for ListWithoutToken {
    fn inner(&self) -> &dyn Identify {
        &*self.0
    }

    async fn identify(&self, parts: &Parts, head: &Head) -> Result<Identity, Problem> {
        let route = head
            .extensions
            .get::<MatchedPath>()
            .map(MatchedPath::as_str);
        let open = head.method == Method::GET && route == Some("/api/{user_id}/tasks");
        if !open || parts.identify.credential(parts, head)?.is_some() {
            return self.0.identify(parts, head).await;
        }
        let named = path_user(head).ok_or_else(Problem::not_found)?;
        believed(parts, &named, Problem::not_found).await
    }
}
