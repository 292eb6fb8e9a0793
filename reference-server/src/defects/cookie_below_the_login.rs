//! Cookies are set without a path: browsers take that of the login, and send them to no other route (CWE-1188).

use super::Defect;
use super::shared::cookies::without;

pub(super) const DEFECT: Defect = Defect {
    id: "cookie-below-the-login",
    title: "Cookies go to the routes beside the login alone",
    cwe: 1188,
    caught_by: &["cookie.path-and-expiry"],
    implies: &[],
    install: |parts| without(parts, "Path"),
};
