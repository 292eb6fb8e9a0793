//! A taken address breaks a rule like any other.

use super::Variant;
use super::shared::status_for;
use axum::http::StatusCode;

pub(super) const VARIANT: Variant = Variant {
    id: "conflict-by-422",
    title: "422 for an address that is taken",
    profile: r#"
[policy]
duplicate = 422
"#,
    install: |parts| {
        status_for(
            parts,
            StatusCode::CONFLICT,
            StatusCode::UNPROCESSABLE_ENTITY,
        )
    },
    ..Variant::PLAIN
};
