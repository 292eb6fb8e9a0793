//! POST asks for no token: without one it believes the path (CWE-306).

use super::Defect;
use super::shared::identities::open_to_all;
use axum::http::Method;

pub(super) const DEFECT: Defect = Defect {
    id: "creates-without-token",
    title: "Tasks are created without a token",
    cwe: 306,
    caught_by: &["token.missing"],
    implies: &[
        (
            "token.sub-empty",
            "writing asks nobody for a token, and it begins with that",
        ),
        (
            "token.sub-type",
            "writing asks nobody for a token, and it begins with that",
        ),
    ],
    install: |parts| open_to_all(parts, Method::POST),
};
