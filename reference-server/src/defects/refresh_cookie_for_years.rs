//! The cookie of the refresh token is kept for ten years (CWE-613).

use super::Defect;
use super::shared::cookies::kept_for_years;
use crate::identify::REFRESH_COOKIE;

pub(super) const DEFECT: Defect = Defect {
    id: "refresh-cookie-for-years",
    title: "The cookie of the refresh token is kept for ten years",
    cwe: 613,
    caught_by: &["refresh.lifetime"],
    implies: &[],
    install: |parts| kept_for_years(parts, REFRESH_COOKIE),
};
