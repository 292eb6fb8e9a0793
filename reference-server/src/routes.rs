//! Handlers, by the first part of their path.

pub(crate) mod auth;
pub(crate) mod tasks;

use crate::App;
use crate::problem::Problem;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

/// The process runs.
pub(crate) async fn live(State(parts): State<App>) -> Response {
    parts
        .replies
        .json(&parts, StatusCode::OK, &json!({ "status": "live" }))
}

/// The database answers.
pub(crate) async fn ready(State(parts): State<App>) -> Result<Response, Problem> {
    if !parts.db.answers().await {
        return Err(Problem::overloaded());
    }
    Ok(parts
        .replies
        .json(&parts, StatusCode::OK, &json!({ "status": "ready" })))
}

pub(crate) async fn openapi(State(parts): State<App>) -> Response {
    parts.replies.json(
        &parts,
        StatusCode::OK,
        &crate::openapi::document(&parts.config),
    )
}

pub(crate) async fn nothing() -> Problem {
    Problem::not_found()
}
