//! Handlers of `/api/auth/*` and the key set.

use crate::App;
use crate::clock::rfc3339;
use crate::config::AuthMode;
use crate::events::Event;
use crate::flows::logged;
use crate::ids::SessionId;
use crate::problem::Problem;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::{Map, Value, json};

type Answer = Result<Response, Problem>;

pub(crate) async fn register(State(parts): State<App>, request: Request) -> Answer {
    let (head, body) = request.into_parts();
    let body = parts.bodies.read(&parts, &head, body).await?;
    let done = parts.flows.register(&parts, &head, &body).await;
    logged(&parts, &head, Event::Registration, address(&body), done)
}

pub(crate) async fn login(State(parts): State<App>, request: Request) -> Answer {
    let (head, body) = request.into_parts();
    let body = parts.bodies.read(&parts, &head, body).await?;
    let done = parts.flows.login(&parts, &head, &body).await;
    logged(&parts, &head, Event::Login, address(&body), done)
}

/// The address as it was sent, for the digest in the log.
fn address(body: &Map<String, Value>) -> &str {
    body.get("email")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

pub(crate) async fn refresh(State(parts): State<App>, request: Request) -> Answer {
    let (head, body) = request.into_parts();
    // In cookie mode the token is not in the body, and there need not be one.
    let body = match parts.config.auth {
        AuthMode::Bearer => parts.bodies.read(&parts, &head, body).await?,
        AuthMode::Cookie => Map::new(),
    };
    let done = parts.flows.refresh(&parts, &head, &body).await;
    logged(&parts, &head, Event::Refresh, "", done)
}

pub(crate) async fn logout(State(parts): State<App>, request: Request) -> Answer {
    let (head, _) = request.into_parts();
    let done = parts.flows.logout(&parts, &head).await;
    logged(&parts, &head, Event::Logout, "", done)
}

pub(crate) async fn me(State(parts): State<App>, request: Request) -> Answer {
    let (head, _) = request.into_parts();
    let who = parts.identify.identify(&parts, &head).await?;
    Ok(parts.replies.json(
        &parts,
        StatusCode::OK,
        &parts.accounts.view(&parts, &who.user),
    ))
}

pub(crate) async fn change_password(State(parts): State<App>, request: Request) -> Answer {
    let (head, body) = request.into_parts();
    let who = parts.identify.identify(&parts, &head).await?;
    let body = parts.bodies.read(&parts, &head, body).await?;
    let done = parts.flows.change_password(&parts, &who, &body).await;
    logged(&parts, &head, Event::PasswordChange, &who.user.email, done)
}

pub(crate) async fn delete_me(State(parts): State<App>, request: Request) -> Answer {
    let (head, _) = request.into_parts();
    let who = parts.identify.identify(&parts, &head).await?;
    let done = parts.flows.delete(&parts, &who).await;
    logged(&parts, &head, Event::Deletion, &who.user.email, done)
}

pub(crate) async fn sessions(State(parts): State<App>, request: Request) -> Answer {
    let (head, _) = request.into_parts();
    let who = parts.identify.identify(&parts, &head).await?;
    let rows = parts.sessions.list(&parts, &who.user.id).await?;
    let items: Vec<_> = rows
        .iter()
        .map(|row| {
            json!({
                "id": row.id, "created_at": rfc3339(row.created_at), "expires_at": rfc3339(row.expires_at),
                "current": row.id == who.session.as_str(),
            })
        })
        .collect();
    Ok(parts
        .replies
        .json(&parts, StatusCode::OK, &json!({ "items": items })))
}

pub(crate) async fn end_session(
    State(parts): State<App>,
    path: Result<Path<String>, PathRejection>,
    request: Request,
) -> Answer {
    let (head, _) = request.into_parts();
    let who = parts.identify.identify(&parts, &head).await?;
    let session = path
        .ok()
        .and_then(|Path(raw)| SessionId::parse(&raw))
        .ok_or_else(Problem::not_found)?;
    if !parts.sessions.end(&parts, &who.user.id, &session).await? {
        return Err(Problem::not_found());
    }
    let done = if session == who.session {
        parts.replies.signed_out(&parts)
    } else {
        no_content()
    };
    logged(&parts, &head, Event::Logout, &who.user.email, Ok(done))
}

fn no_content() -> Response {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

pub(crate) async fn jwks(State(parts): State<App>) -> Answer {
    let keys = parts.keys.jwks().ok_or_else(Problem::not_found)?;
    let mut response = parts.replies.json(&parts, StatusCode::OK, &keys);
    response.headers_mut().insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=300"),
    );
    Ok(response)
}
