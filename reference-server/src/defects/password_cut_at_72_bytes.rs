//! Only the first 72 bytes of a password are hashed, as bcrypt does it (CWE-222).

use super::Defect;
use super::shared::passwords::respelt;
use crate::secret::Secret;

pub(super) const DEFECT: Defect = Defect {
    id: "password-cut-at-72-bytes",
    title: "Only the first 72 bytes of a password are hashed",
    cwe: 222,
    caught_by: &["registration.password-long"],
    implies: &[],
    install: |parts| respelt(parts, beginning),
};

fn beginning(password: &Secret) -> Secret {
    let bytes = password.expose().as_bytes();
    let kept = &bytes[..bytes.len().min(72)];
    Secret::new(String::from_utf8_lossy(kept).into_owned())
}
