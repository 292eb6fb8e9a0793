//! A block list refuses alg none in lower case only; other spellings need no signature (CWE-178).

use super::Defect;
use super::shared::tokens::unsigned;
use crate::tokens::jws::Jws;
use serde_json::Value;

pub(super) const DEFECT: Defect = Defect {
    id: "accepts-alg-none-in-any-case",
    title: "A block list knows alg none in lower case only",
    cwe: 178,
    caught_by: &["token.alg-none-case"],
    implies: &[(
        "token.all-routes-same-verifier",
        "its bad tokens are sent to every route",
    )],
    install: |parts| unsigned(parts, is_unsigned),
};

fn is_unsigned(jws: &Jws) -> bool {
    let alg = jws
        .header
        .get("alg")
        .and_then(Value::as_str)
        .unwrap_or_default();
    alg != "none" && alg.eq_ignore_ascii_case("none")
}
