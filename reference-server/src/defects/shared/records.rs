//! User records by id, which the secure server does not have: one's own, and those of others where that is the mistake.

use super::edge::instead;
use crate::ids::UserId;
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};

/// `GET` and `DELETE /api/users/{id}`; by the methods in `open`, for every user about every other.
pub(in crate::defects) fn served(parts: Parts, open: &'static [Method]) -> Parts {
    let meant = |head: &Head| {
        let id = head.uri.path().strip_prefix("/api/users/");
        id.and_then(UserId::parse)
    };
    instead(parts, meant, move |parts, head, id| async move {
        answered(&parts, &head, &id, open).await
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
