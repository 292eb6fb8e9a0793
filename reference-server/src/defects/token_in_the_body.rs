//! Where no header came, the token is taken from the body (CWE-287).

use super::Defect;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

pub(super) const DEFECT: Defect = Defect {
    id: "token-in-the-body",
    title: "A token in the body is accepted",
    cwe: 287,
    caught_by: &["token.form-body"],
    implies: &[],
    install: |parts| parts.around(|router| router.layer(from_fn(promoted))),
};

/// More is not looked through.
const MOST: usize = 4 << 20;

async fn promoted(request: Request, next: Next) -> Response {
    if request.headers().contains_key(header::AUTHORIZATION) {
        return next.run(request).await;
    }
    let (mut head, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, MOST).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let bearer = token_in(&bytes).map(|token| HeaderValue::from_str(&format!("Bearer {token}")));
    if let Some(Ok(bearer)) = bearer {
        head.headers.insert(header::AUTHORIZATION, bearer);
    }
    next.run(Request::from_parts(head, Body::from(bytes))).await
}

/// The access token of a JSON body or a form.
fn token_in(body: &[u8]) -> Option<String> {
    if let Ok(json) = serde_json::from_slice::<Value>(body) {
        return json.get("access_token")?.as_str().map(str::to_owned);
    }
    let form = std::str::from_utf8(body).ok()?;
    let mut pairs = form.split('&');
    let token = pairs.find_map(|pair| pair.strip_prefix("access_token="));
    token.map(str::to_owned)
}
