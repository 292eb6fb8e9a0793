//! All input that breaks a rule is answered with 400.

use super::Variant;
use super::shared::status_for;
use axum::http::StatusCode;

pub(super) const VARIANT: Variant = Variant {
    id: "invalid-by-400",
    title: "400 for every input that is not valid",
    profile: r#"
[policy]
invalid = 400
"#,
    install: |parts| {
        status_for(
            parts,
            StatusCode::UNPROCESSABLE_ENTITY,
            StatusCode::BAD_REQUEST,
        )
    },
    ..Variant::PLAIN
};
