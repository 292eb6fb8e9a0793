//! A refusal has the status 200 and says `ok: false`; only a throttled request has a status of its own.

use super::Variant;
use super::shared::{Answer, answers};
use crate::parts::Head;
use axum::http::{StatusCode, header};
use serde_json::json;

pub(super) const VARIANT: Variant = Variant {
    id: "soft-denial",
    title: "Refusals with status 200",
    profile: r#"
[policy]
denial = { pointer = "/ok", equals = false }
"#,
    install: |parts| answers(parts, softened),
    ..Variant::PLAIN
};

fn softened(_: &Head, answer: &mut Answer) {
    let kept = [
        StatusCode::TOO_MANY_REQUESTS,
        StatusCode::SERVICE_UNAVAILABLE,
    ];
    if answer.is_problem() && !kept.contains(&answer.status) {
        let code = answer
            .json()
            .and_then(|problem| problem.get("code").cloned());
        answer.set_json(&json!({ "ok": false, "error": code }));
        answer.status = StatusCode::OK;
        answer.headers.remove(header::WWW_AUTHENTICATE);
        answer.headers.remove(header::ALLOW);
    }
}
