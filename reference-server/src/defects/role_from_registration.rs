//! Registration stores every member of its body, the role too (CWE-915).

use super::Defect;
use super::shared::accounts::keeps;

pub(super) const DEFECT: Defect = Defect {
    id: "role-from-registration",
    title: "Registration stores every member of its body, the role too",
    cwe: 915,
    caught_by: &["registration.mass-assignment"],
    implies: &[],
    install: |parts| keeps(parts, "role", |_, _, body| body.get("role").cloned()),
};
