//! Only the first sixteen characters of a password are hashed (CWE-1023).

use super::Defect;
use super::shared::passwords::respelt;
use crate::secret::Secret;

pub(super) const DEFECT: Defect = Defect {
    id: "password-truncated",
    title: "Only the first sixteen characters of a password are hashed",
    cwe: 1023,
    caught_by: &[
        "login.wrong-password",
        "registration.password-long",
        "registration.password-exact",
    ],
    implies: &[(
        "login.password-change-needs-old",
        "the new password begins like the old one, and only the beginning counts",
    )],
    install: |parts| respelt(parts, beginning),
};

fn beginning(password: &Secret) -> Secret {
    Secret::new(password.expose().chars().take(16).collect::<String>())
}
