//! Whoever registers may say that the address is verified (CWE-915).

use super::Defect;
use super::shared::accounts::keeps;

pub(super) const DEFECT: Defect = Defect {
    id: "verified-from-registration",
    title: "Whoever registers may say that the address is verified",
    cwe: 915,
    caught_by: &["registration.mass-assignment"],
    implies: &[],
    install: |parts| {
        keeps(parts, "email_verified", |_, _, body| {
            body.get("email_verified").cloned()
        })
    },
};
