//! A taken address is bad input like any other.

use super::Variant;
use super::shared::status_for;
use axum::http::StatusCode;

pub(super) const VARIANT: Variant = Variant {
    id: "conflict-by-400",
    title: "400 for an address that is taken",
    profile: r#"
[policy]
duplicate = 400
"#,
    install: |parts| status_for(parts, StatusCode::CONFLICT, StatusCode::BAD_REQUEST),
    ..Variant::PLAIN
};
