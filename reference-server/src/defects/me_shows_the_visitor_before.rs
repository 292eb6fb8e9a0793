//! The identity route keeps who asked last in a variable that all requests share (CWE-488).

use super::Defect;
use crate::parts::Parts;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{Method, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};

pub(super) const DEFECT: Defect = Defect {
    id: "me-shows-the-visitor-before",
    title: "The identity route shows who asked before",
    cwe: 488,
    caught_by: &["session.me-matches"],
    implies: &[
        (
            "isolation.profile-other",
            "it asks the same route, after another user",
        ),
        ("refresh.works", "it asks the same route who its user is"),
    ],
    install,
};

fn install(parts: Parts) -> Parts {
    let last = Arc::new(Mutex::new(Vec::new()));
    parts.around(move |router| {
        let last = last.clone();
        router.layer(from_fn(move |request: Request, next: Next| {
            remember(last.clone(), request, next)
        }))
    })
}

async fn remember(last: Arc<Mutex<Vec<Value>>>, request: Request, next: Next) -> Response {
    let asks = request.method() == Method::GET && request.uri().path() == "/api/auth/me";
    let answer = next.run(request).await;
    if !asks || !answer.status().is_success() {
        return answer;
    }
    let (mut head, body) = answer.into_parts();
    let bytes = axum::body::to_bytes(body, 65_536).await.unwrap_or_default();
    let mut me: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let visitor = me["email"].clone();
    let mut others = last.lock().unwrap_or_else(PoisonError::into_inner);
    others.retain(|other| *other != visitor);
    if let Some(before) = others.last() {
        me["last_visitor"] = before.clone();
    }
    others.push(visitor);
    head.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(head, Body::from(me.to_string()))
}
