//! The cookie of the session is open to scripts (CWE-1004).

use super::Defect;
use super::shared::cookies::without;

pub(super) const DEFECT: Defect = Defect {
    id: "cookie-readable-by-scripts",
    title: "The cookie of the session is open to scripts",
    cwe: 1004,
    caught_by: &["cookie.httponly"],
    implies: &[],
    install: |parts| without(parts, "HttpOnly"),
};
