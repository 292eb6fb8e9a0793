//! The proxy in front answers preflights itself, for whatever origin asks (CWE-942).

use super::Defect;
use super::shared::edge::reflects_origin;
use axum::http::Method;

pub(super) const DEFECT: Defect = Defect {
    id: "preflight-reflects-origin",
    title: "The proxy in front allows preflights of any origin",
    cwe: 942,
    caught_by: &["cors.preflight-evil-origin"],
    implies: &[("cors.null-origin", "null is copied like any other")],
    install: |parts| reflects_origin(parts, Method::OPTIONS),
};
