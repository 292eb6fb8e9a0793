//! The cookie of the session says nothing about other sites (CWE-1275).

use super::Defect;
use super::shared::cookies::without;

pub(super) const DEFECT: Defect = Defect {
    id: "cookie-without-samesite",
    title: "The cookie of the session says nothing about other sites",
    cwe: 1275,
    caught_by: &["cookie.samesite"],
    implies: &[],
    install: |parts| without(parts, "SameSite"),
};
