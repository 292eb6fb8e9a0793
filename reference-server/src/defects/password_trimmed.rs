//! Blanks at the ends of a password are cut off before it is hashed, as of every other text (CWE-1023).

use super::Defect;
use super::shared::passwords::respelt;
use crate::secret::Secret;

pub(super) const DEFECT: Defect = Defect {
    id: "password-trimmed",
    title: "Blanks at the ends of a password are cut off",
    cwe: 1023,
    caught_by: &["registration.password-exact"],
    implies: &[],
    install: |parts| respelt(parts, |password| Secret::new(password.expose().trim())),
};
