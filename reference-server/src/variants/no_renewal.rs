//! A sign-in gives an access token alone; there is no way to renew it.

use super::Variant;
use super::shared::{Answer, answers};
use crate::parts::Head;
use axum::http::StatusCode;
use serde_json::{Value, json};

pub(super) const VARIANT: Variant = Variant {
    id: "no-renewal",
    title: "No refresh",
    profile: r#"
[routes]
refresh = false
"#,
    skips: &[
        ("refresh.*", "there is no refresh route"),
        (
            "token.opaque-entropy",
            "access tokens are signed, and there are no others",
        ),
        ("token.typ-confusion-refresh", "there is no refresh route"),
    ],
    install: |parts| answers(parts, without_refresh),
    ..Variant::PLAIN
};

fn without_refresh(head: &Head, answer: &mut Answer) {
    if head.uri.path() == "/api/auth/refresh" {
        answer.status = StatusCode::NOT_FOUND;
        answer.set_json(&json!({ "code": "not-found" }));
    } else if let Some(Value::Object(mut members)) = answer.json()
        && members.remove("refresh_token").is_some()
    {
        answer.set_json(&Value::Object(members));
    }
}
