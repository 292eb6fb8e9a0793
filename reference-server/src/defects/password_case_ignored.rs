//! Passwords are lowered before they are hashed (CWE-178).

use super::Defect;
use super::shared::passwords::respelt;
use crate::secret::Secret;

pub(super) const DEFECT: Defect = Defect {
    id: "password-case-ignored",
    title: "Passwords are lowered before they are hashed",
    cwe: 178,
    caught_by: &["login.wrong-password", "registration.password-exact"],
    implies: &[],
    install: |parts| {
        respelt(parts, |password| {
            Secret::new(password.expose().to_lowercase())
        })
    },
};
