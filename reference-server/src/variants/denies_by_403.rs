//! Whoever is not signed in gets 403, as older frameworks answer.

use super::Variant;
use super::shared::status_for;
use axum::http::StatusCode;

pub(super) const VARIANT: Variant = Variant {
    id: "denies-by-403",
    title: "403 where others say 401",
    profile: r#"
[policy]
bad_token = 403
wrong_login = 403
"#,
    install: |parts| status_for(parts, StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN),
    ..Variant::PLAIN
};
