//! The hash function takes a password for a C string: it ends at the first NUL (CWE-626).

use super::Defect;
use super::shared::passwords::respelt;
use crate::secret::Secret;

pub(super) const DEFECT: Defect = Defect {
    id: "password-ends-at-nul",
    title: "What follows a NUL in a password is not hashed",
    cwe: 626,
    caught_by: &["registration.password-exact"],
    implies: &[],
    install: |parts| respelt(parts, before_nul),
};

fn before_nul(password: &Secret) -> Secret {
    let text = password.expose();
    Secret::new(text.split('\0').next().unwrap_or_default())
}
