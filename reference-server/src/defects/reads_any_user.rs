//! The record of a user is read by its id alone (CWE-639).

use super::Defect;
use super::shared::records::served;
use axum::http::Method;

pub(super) const DEFECT: Defect = Defect {
    id: "reads-any-user",
    title: "The record of a user is read by its id alone",
    cwe: 639,
    caught_by: &["isolation.profile-other"],
    implies: &[],
    install: |parts| served(parts, &[Method::GET]),
};
