//! The cookie of the session is kept for ten years, so that nobody has to sign in again (CWE-613).

use super::Defect;
use super::shared::cookies::kept_for_years;
use crate::identify::ACCESS_COOKIE;

pub(super) const DEFECT: Defect = Defect {
    id: "session-cookie-for-years",
    title: "The cookie of the session is kept for ten years",
    cwe: 613,
    caught_by: &["cookie.path-and-expiry"],
    implies: &[],
    install: |parts| kept_for_years(parts, ACCESS_COOKIE),
};
