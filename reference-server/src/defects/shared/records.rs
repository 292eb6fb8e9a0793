//! User records by id, which the secure server does not have: one's own, and those of others where that is the mistake.

use crate::ids::UserId;
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// `GET` and `DELETE /api/users/{id}`; by the methods in `open`, for every user about every other.
pub(in crate::defects) fn served(parts: Parts, open: &'static [Method]) -> Parts {
    let inner = Arc::new(parts.clone());
    parts.around(move |router| {
        let inner = inner.clone();
        router.layer(from_fn(move |request: Request, next: Next| {
            let parts = inner.clone();
            async move {
                let (head, body) = request.into_parts();
                let path = head.uri.path().strip_prefix("/api/users/");
                let Some(id) = path.and_then(UserId::parse) else {
                    return next.run(Request::from_parts(head, body)).await;
                };
                answered(&parts, &head, &id, open)
                    .await
                    .unwrap_or_else(|problem| {
                        parts.replies.problem(&parts, &problem).into_response()
                    })
            }
        }))
    })
}

async fn answered(
    parts: &Parts,
    head: &Head,
    id: &UserId,
    open: &[Method],
) -> Result<Response, Problem> {
    let who = parts.identify.identify(parts, head).await?;
    if who.user.id != *id && !open.contains(&head.method) {
        return Err(Problem::not_found());
    }
    let found = parts.accounts.by_id(parts, id).await?;
    let user = found.ok_or_else(Problem::not_found)?.user;
    match head.method {
        Method::GET => {
            let view = parts.accounts.view(parts, &user);
            Ok(parts.replies.json(parts, StatusCode::OK, &view))
        }
        Method::DELETE => {
            parts.accounts.delete(parts, id).await?;
            Ok(StatusCode::NO_CONTENT.into_response())
        }
        _ => Err(Problem::not_found()),
    }
}
