//! The proxy in front copies Origin into each answer to a read (CWE-942).

use super::Defect;
use super::shared::edge::reflects_origin;
use axum::http::Method;

pub(super) const DEFECT: Defect = Defect {
    id: "proxy-reflects-origin",
    title: "The proxy in front copies Origin into each answer to a read",
    cwe: 942,
    caught_by: &["cors.evil-origin-credentials"],
    implies: &[
        ("cors.null-origin", "null is copied like any other"),
        (
            "cors.origin-prefix-suffix",
            "so is what looks like the front end's",
        ),
    ],
    install: |parts| reflects_origin(parts, Method::GET),
};
