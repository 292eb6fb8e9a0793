//! HEAD is answered by a handler of its own, which was forgotten when the owner was checked (CWE-650).

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
    id: "head-of-any-task",
    title: "HEAD answers about the tasks of anybody",
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
            head(inner.clone(), request, next)
        }))
    })
}

async fn head(parts: Arc<Parts>, request: Request, next: Next) -> Response {
    let named = request
        .uri()
        .path()
        .split('/')
        .nth(4)
        .and_then(TaskId::parse);
    let Some(id) = named.filter(|_| request.method() == Method::HEAD) else {
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
        let task = parts.tasks.read(&parts, &scope, &id).await?;
        let view = parts.tasks.view(&parts, &task)?;
        Ok::<_, Problem>(parts.replies.json(&parts, StatusCode::OK, &view))
    };
    answer
        .await
        .unwrap_or_else(|problem| parts.replies.problem(&parts, &problem).into_response())
}
