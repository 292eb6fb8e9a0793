//! The identity route answers whoever is not signed in with 200 and null, as Better Auth does.

use super::Variant;
use super::shared::{Answer, answers};
use crate::parts::Head;
use axum::http::{Method, StatusCode, header};
use serde_json::Value;

pub(super) const VARIANT: Variant = Variant {
    id: "null-for-nobody",
    title: "200 and null for nobody",
    profile: r#"
[policy]
anonymous = { status = 200, body = "null" }
"#,
    install: |parts| answers(parts, nobody),
    ..Variant::PLAIN
};

fn nobody(head: &Head, answer: &mut Answer) {
    let asks = head.method == Method::GET && head.uri.path() == "/api/auth/me";
    if asks && answer.status == StatusCode::UNAUTHORIZED {
        answer.set_json(&Value::Null);
        answer.status = StatusCode::OK;
        answer.headers.remove(header::WWW_AUTHENTICATE);
    }
}
