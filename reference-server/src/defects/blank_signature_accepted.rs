//! The range of r and s is not checked, and zeros satisfy the equation (CVE-2022-21449) (CWE-347).

use super::Defect;
use super::shared::tokens::fits_all;

pub(super) const DEFECT: Defect = Defect {
    id: "blank-signature-accepted",
    title: "An ECDSA signature of zeros fits every message",
    cwe: 347,
    caught_by: &["token.ecdsa-zero"],
    implies: &[],
    install: |parts| {
        fits_all(parts, |bytes| {
            bytes.len() == 64 && bytes.iter().all(|byte| *byte == 0)
        })
    },
};
