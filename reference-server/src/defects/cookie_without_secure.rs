//! The cookie of the session is sent over plain http too (CWE-614).

use super::Defect;
use super::shared::cookies::without;

pub(super) const DEFECT: Defect = Defect {
    id: "cookie-without-secure",
    title: "The cookie of the session is sent over plain http too",
    cwe: 614,
    caught_by: &["cookie.prefix", "cookie.secure"],
    implies: &[],
    install: |parts| without(parts, "Secure"),
};
