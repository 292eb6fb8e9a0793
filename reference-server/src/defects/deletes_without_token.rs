//! DELETE asks for no token: without one it believes the path (CWE-306).

use super::Defect;
use super::shared::identities::open_to_all;
use axum::http::Method;

pub(super) const DEFECT: Defect = Defect {
    id: "deletes-without-token",
    title: "DELETE asks for no token",
    cwe: 306,
    caught_by: &["token.missing"],
    implies: &[],
    install: |parts| open_to_all(parts, Method::DELETE),
};
