//! The route with a trailing slash was added later, and finds a task by its id alone (CWE-647).

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
    id: "trailing-slash-skips-the-owner",
    title: "With a slash at the end a task is read by its id alone",
    cwe: 647,
    caught_by: &["isolation.grid"],
    implies: &[],
    install,
};

fn install(parts: Parts) -> Parts {
    let inner = Arc::new(parts.clone());
    parts.around(move |router| {
        let inner = inner.clone();
        router.layer(from_fn(move |request: Request, next: Next| {
            read(inner.clone(), request, next)
        }))
    })
}

async fn read(parts: Arc<Parts>, request: Request, next: Next) -> Response {
    let named = request
        .uri()
        .path()
        .strip_suffix('/')
        .filter(|path| path.split('/').nth(3) == Some("tasks"))
        .and_then(|path| TaskId::parse(path.split('/').nth(4)?));
    match named {
        Some(id) if request.method() == Method::GET => {
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
        _ => next.run(request).await,
    }
}
