//! Powers of 0 and 1 are not computed, and what comes of them fits every message (CWE-347).

use super::Defect;
use super::shared::tokens::fits_all;

pub(super) const DEFECT: Defect = Defect {
    id: "degenerate-signature-accepted",
    title: "The RSA signatures 0 and 1 fit every message",
    cwe: 347,
    caught_by: &["token.rsa-pkcs1-variants"],
    implies: &[],
    install: |parts| {
        fits_all(parts, |bytes| match bytes.split_last() {
            Some((last, rest)) => *last < 2 && rest.iter().all(|byte| *byte == 0),
            None => false,
        })
    },
};
