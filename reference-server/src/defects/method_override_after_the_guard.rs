//! A header turns POST into another method after the rights to POST were checked (CWE-650).

use super::Defect;
use super::shared::tasks::owners;
use crate::ids::TaskId;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::tasks::Scope;
use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "method-override-after-the-guard",
    title: "POST that a header turns into DELETE deletes any task",
    cwe: 650,
    caught_by: &["isolation.other-methods"],
    implies: &[],
    install,
};

fn install(parts: Parts) -> Parts {
    let inner = Arc::new(parts.clone());
    parts.around(move |router| {
        let inner = inner.clone();
        router.layer(from_fn(move |request: Request, next: Next| {
            overridden(inner.clone(), request, next)
        }))
    })
}

async fn overridden(parts: Arc<Parts>, request: Request, next: Next) -> Response {
    let header = request.headers().get("x-http-method-override");
    let deletes = request.method() == Method::POST && header.is_some_and(|name| name == "DELETE");
    let named = request
        .uri()
        .path()
        .split('/')
        .nth(4)
        .and_then(TaskId::parse);
    let Some(id) = named.filter(|_| deletes) else {
        return next.run(request).await;
    };
    let (head, _) = request.into_parts();
    let answer = async {
        let who = parts.identify.identify(&parts, &head).await?;
        let scope = Scope {
            path_owner: who.user.id.to_string(),
            owner: who.user.id,
        };
        let scope = owners(&parts, &scope, &id).await?;
        parts.tasks.delete(&parts, &scope, &id).await?;
        Ok::<_, Problem>(StatusCode::NO_CONTENT.into_response())
    };
    answer
        .await
        .unwrap_or_else(|problem| parts.replies.problem(&parts, &problem).into_response())
}
