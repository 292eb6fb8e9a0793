//! A token that says `alg: none` needs no signature (CWE-347).

use super::Defect;
use super::shared::tokens::unsigned;
use crate::tokens::jws::Jws;

pub(super) const DEFECT: Defect = Defect {
    id: "accepts-alg-none",
    title: "A token that says alg none needs no signature",
    cwe: 347,
    caught_by: &["token.alg-none"],
    implies: &[(
        "token.all-routes-same-verifier",
        "its attacks include an unsigned token",
    )],
    install: |parts| unsigned(parts, is_unsigned),
};

fn is_unsigned(jws: &Jws) -> bool {
    jws.header.get("alg").is_some_and(|alg| alg == "none") && jws.signature.is_empty()
}
